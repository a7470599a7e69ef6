#include "refract/eval/metrics/inpainting.h"

#include <ATen/ops/full.h>
#include <ATen/ops/where.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "refract/core/errors.h"
#include "refract/data/files/mask.h"
#include "refract/eval/features.h"
#include "refract/eval/similarity.h"
#include "tests/support/fakes.h"
#include "tests/support/surroundings.h"

namespace refract {
namespace {

using testing_support::contains;
using testing_support::message_of;

fakes::Source pictures_of_noise() {
  return {0, 0, {{Split::unlabelled, 40}, {Split::score, 30}}};
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

TEST(InpaintingMetric, HasTheErrorOfTheHiddenPartAndTheLikenessOfTheWhole) {
  const auto data = pictures_of_noise();
  const Tensor mean = data.examples(Split::unlabelled, all_indices(40)).mean(0, true);
  const Tensor score = data.examples(Split::score, all_indices(30));
  const std::vector<std::string> masks = {"right-half", "bottom-half"};
  const MetricTable table = inpainting_table(black(), data, {.masks = masks, .settings = {.steps = 2}});
  EXPECT_EQ(table.columns,
            (std::vector<std::string>{"right-half L1", "right-half MS-SSIM", "bottom-half L1", "bottom-half MS-SSIM"}));
  ASSERT_EQ(table.rows.size(), 4U);
  for (size_t m = 0; m < masks.size(); ++m) {
    const Tensor hidden = hidden_pixels(masks[m], Space::square(3, 8));
    const auto expect = [&](const MetricTable::Row& row, const Tensor& guess) {
      const Tensor filled = at::where(hidden, guess, score);
      EXPECT_NEAR(row.values.at(2 * m), (score - guess).abs().masked_select(hidden).mean().item<double>(), 1e-5);
      EXPECT_NEAR(row.values.at(2 * m + 1), ms_ssim((score + 1) * 127.5, (filled + 1) * 127.5).mean().item<double>(),
                  1e-5);
      EXPECT_GT(row.spreads.at(2 * m), 0);
    };
    expect(table.rows[0], at::full({1}, -1.0F));
    EXPECT_EQ(table.rows[1].values, table.rows[0].values);
    EXPECT_EQ(table.rows[2].name, "mean image");
    expect(table.rows[2], mean);
  }
}

// Found by hand among the training pictures, of which there are more than one slice.
TEST(InpaintingMetric, TheNearestImageIsThatOfTheVisiblePart) {
  const fakes::Source data{0, 0, {{Split::unlabelled, 260}, {Split::score, 5}}};
  const Tensor training = data.examples(Split::unlabelled, all_indices(260));
  const Tensor score = data.examples(Split::score, all_indices(5));
  double expected = 0;
  for (const Tensor& picture : score.unbind()) {
    const Tensor apart = (training - picture).slice(3, 0, 4).square().flatten(1).sum(1);  // of left halves
    const Tensor nearest = training[apart.argmin().item<int64_t>()];
    expected += (nearest - picture).slice(2, 4).abs().mean().item<double>() / 5;
  }
  const MetricTable table = inpainting_table(black(), data, {.masks = {"right-half"}, .settings = {.steps = 1}});
  EXPECT_EQ(table.rows.back().name, "nearest image");
  EXPECT_NEAR(table.rows.back().values.at(0), expected, 1e-6);
}

// The left half tells a model of one colour all of it; where both halves differ, it knows only the visible one.
TEST(InpaintingMetric, AModelThatKnowsTheWholePictureFillsItIn) {
  struct Flat : fakes::Source {
    using Source::Source;
    [[nodiscard]] Tensor examples(Split split, const Indices& indices) const override {
      return Source::examples(split, indices).mean({2, 3}, true).expand({-1, -1, 8, 8}).contiguous();
    }
  };
  const Flat data{0, 0, {{Split::unlabelled, 40}, {Split::score, 30}}};
  const fakes::FakeModel flat(
      Space::square(3, 8), {{"z", 3, Role::whole}},
      [](const Tensor& x) {
        return Codes{x.mean({2, 3})};
      },
      [](const Codes& codes) {
        return codes.at(0).unsqueeze(2).unsqueeze(3).expand({-1, 3, 8, 8});
      });
  const MetricTable table = metric("inpainting").measure(flat, data, nullptr, {});
  EXPECT_EQ(table.columns.size(), 8U) << "two for each of four masks";
  for (size_t mask = 0; mask < 4; ++mask) {
    EXPECT_LT(table.rows[0].values.at(2 * mask), 0.01);
    EXPECT_LT(table.rows[1].values.at(2 * mask), 1e-5);
    EXPECT_GT(table.rows[2].values.at(2 * mask), 0.03);
    EXPECT_NEAR(table.rows[1].values.at(2 * mask + 1), 1, 1e-4);
    EXPECT_LT(table.rows[2].values.at(2 * mask + 1), table.rows[0].values.at(2 * mask + 1));
  }
}

TEST(InpaintingMetric, AsksForAsManyPicturesAsItMay) {
  const auto data = pictures_of_noise();
  const auto protocol_of = [&](InpaintingProtocol protocol) {
    protocol.settings.steps = 1;
    return inpainting_table(black(), data, protocol).protocol;
  };
  EXPECT_TRUE(contains(protocol_of({.pictures = 7, .training = 9}), "7 pictures"));
  EXPECT_TRUE(contains(protocol_of({.pictures = 7, .training = 9}), "9 training pictures"));
  EXPECT_TRUE(contains(protocol_of({}), "30 pictures"));
  EXPECT_TRUE(contains(protocol_of({}), "40 training pictures"));
}

// A conditional model that needs a class gets none: it tries them, or infers one.
TEST(InpaintingMetric, AModelOfClassesIsToldNone) {
  struct Unasked : fakes::OfClasses {
    [[nodiscard]] Codes encode(const Examples& examples) const override {
      EXPECT_FALSE(examples.labels.defined());
      return OfClasses::encode(examples);
    }
  };
  const fakes::Source data{0, 2, {{Split::unlabelled, 6}, {Split::score, 6}}, Space::square(1, 8)};
  const MetricTable table = inpainting_table(Unasked(), data, {.settings = {.steps = 2, .starts = 2}});
  EXPECT_TRUE(contains(table.protocol, "every class is tried"));
  EXPECT_TRUE(contains(table.protocol, "from the best 2 combinations"));
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
  ASSERT_EQ(table.rows.size(), 3U);
  EXPECT_EQ(table.rows[0].name, "optimised codes");
  EXPECT_EQ(table.rows[1].name, "mean image");
}

TEST(InpaintingMetric, RowsAreNoPictures) {
  const fakes::Rows rows({{Split::unlabelled, 4}, {Split::score, 4}}, Space::row(6));
  EXPECT_TRUE(contains(metric("inpainting").lacks(rows), "rows of 6 numbers"));
  EXPECT_THROW(inpainting_table(fakes::whole(), rows), BadInput);
}

TEST(InpaintingMetric, SaysWhichPicturesAreMissing) {
  const auto lacks = [](std::map<Split, int64_t> counts) {
    return metric("inpainting").lacks(fakes::Source(0, 0, std::move(counts)));
  };
  EXPECT_TRUE(contains(lacks({{Split::unlabelled, 4}, {Split::fit, 4}}), "no score examples"));
  EXPECT_TRUE(contains(lacks({{Split::score, 4}, {Split::fit, 4}}), "no unlabelled examples"));
  EXPECT_EQ(lacks({{Split::unlabelled, 4}, {Split::score, 4}}), "");
}

}  // namespace
}  // namespace refract
