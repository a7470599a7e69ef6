#include "refract/eval/metrics/inpainting.h"

#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include "refract/core/errors.h"
#include "refract/data/files/mask.h"
#include "refract/eval/features.h"
#include "tests/support/fakes.h"
#include "tests/support/surroundings.h"

namespace refract {
namespace {

using testing_support::contains;
using testing_support::message_of;

fakes::Source pictures_of_noise() {
  return {0, 0, {{Split::fit, 40}, {Split::score, 30}}};
}

// A model that always makes black.
fakes::FakeModel black() {
  return {Space::square(3, 8),
          {{"z", 1, Role::whole}},
          [](const Tensor& x) {
            return Codes{x.mean({1, 2, 3}).unsqueeze(1)};
          },
          [](const Codes& codes) {
            return 0 * codes.at(0).view({-1, 1, 1, 1}).expand({-1, 3, 8, 8}) - 1;
          }};
}

TEST(InpaintingMetric, IsTheErrorOfTheHiddenPartAlone) {
  const auto data = pictures_of_noise();
  const Tensor fit = data.examples(Split::fit, all_indices(40)), score = data.examples(Split::score, all_indices(30));
  for (const char* mask : {"right-half", "bottom-half"}) {
    const MetricTable table = inpainting_table(black(), data, {.mask = mask, .settings = {.steps = 2}});
    ASSERT_EQ(table.rows.size(), 3U);
    const Tensor hidden = hidden_pixels(mask, Space::square(3, 8));
    const auto expected = [&](const Tensor& guess) {
      return (score - guess).abs().masked_select(hidden).mean().item<double>();
    };
    EXPECT_NEAR(table.rows[0].values.at(0), expected(at::zeros({1}) - 1), 1e-5) << mask;
    EXPECT_EQ(table.rows[1].values, table.rows[0].values);
    EXPECT_EQ(table.rows[2].name, "mean image");
    EXPECT_NEAR(table.rows[2].values.at(0), expected(fit.mean(0, true)), 1e-5);
    EXPECT_GT(table.rows[2].spreads.at(0), 0);
    EXPECT_TRUE(contains(table.title, mask));
  }
}

// The left half tells a model of one colour all of it; where both halves differ, it knows only the visible one.
TEST(InpaintingMetric, AModelThatKnowsTheWholePictureFillsItIn) {
  struct Flat : fakes::Source {
    using Source::Source;
    [[nodiscard]] Tensor examples(Split split, const Indices& indices) const override {
      return Source::examples(split, indices).mean({2, 3}, true).expand({-1, -1, 8, 8}).contiguous();
    }
  };
  const Flat data{0, 0, {{Split::fit, 40}, {Split::score, 30}}};
  const fakes::FakeModel flat(
      Space::square(3, 8), {{"z", 3, Role::whole}},
      [](const Tensor& x) {
        return Codes{x.mean({2, 3})};
      },
      [](const Codes& codes) {
        return codes.at(0).unsqueeze(2).unsqueeze(3).expand({-1, 3, 8, 8});
      });
  const MetricTable table = metric("inpainting").measure(flat, data, nullptr, {});
  EXPECT_LT(table.rows[0].values[0], 0.01);
  EXPECT_LT(table.rows[1].values[0], 1e-5);
  EXPECT_GT(table.rows[2].values[0], 0.03);
}

TEST(InpaintingMetric, AsksForAsManyPicturesAsItMay) {
  const auto data = pictures_of_noise();
  EXPECT_TRUE(contains(inpainting_table(black(), data, {.most = 7, .settings = {.steps = 1}}).protocol, "7 pictures"));
  EXPECT_TRUE(contains(inpainting_table(black(), data, {.settings = {.steps = 1}}).protocol, "30 pictures"));
}

TEST(InpaintingMetric, AModelWithoutAnEncoderHasNoRowOfCodesThatWereEncoded) {
  struct Blind : fakes::FakeModel {
    using FakeModel::FakeModel;
    [[nodiscard]] bool encodes() const override { return false; }
  };
  const Blind blind{Space::square(3, 8), {{"z", 1, Role::whole}}, {}, [](const Codes& codes) {
                      return codes.at(0).view({-1, 1, 1, 1}).expand({-1, 3, 8, 8});
                    }};
  const MetricTable table = inpainting_table(blind, pictures_of_noise(), {.settings = {.steps = 1}});
  ASSERT_EQ(table.rows.size(), 2U);
  EXPECT_EQ(table.rows[0].name, "optimised codes");
}

TEST(InpaintingMetric, RowsAreNoPictures) {
  const fakes::Rows rows({{Split::fit, 4}, {Split::score, 4}}, Space::row(6));
  EXPECT_TRUE(contains(metric("inpainting").lacks(rows), "rows of 6 numbers"));
  EXPECT_THROW(inpainting_table(fakes::whole(), rows), BadInput);
}

}  // namespace
}  // namespace refract
