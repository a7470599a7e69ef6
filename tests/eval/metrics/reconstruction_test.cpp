#include <ATen/ops/full.h>
#include <gtest/gtest.h>

#include <cmath>

#include "refract/eval/features.h"
#include "refract/eval/metric.h"
#include "tests/support/fakes.h"

namespace refract {
namespace {

fakes::Source pictures() {
  return {0, 0, {{Split::fit, 40}, {Split::score, 300}}};
}

TEST(Reconstruction, ImagesThemselvesHaveNoError) {
  const MetricTable table = metric("reconstruction").measure(fakes::whole(), pictures(), nullptr, {});
  ASSERT_EQ(table.rows.size(), 2U);
  EXPECT_EQ(table.rows[0].values, (std::vector<double>{0, 0}));
}

TEST(Reconstruction, ErrorsAreMeansOverPixelsOfTheScoredImages) {
  const auto data = pictures();
  const fakes::FakeModel gray(
      Space::square(3, 8), {{"e", 1, Role::whole}},
      [](const Tensor& x) {
        return Codes{x.mean({1, 2, 3}).unsqueeze(1)};
      },
      [](const Codes& codes) {
        return at::full({codes[0].size(0), 3, 8, 8}, 0.25);
      });
  const Tensor fit = data.examples(Split::fit, all_indices(40));
  const Tensor score = data.examples(Split::score, all_indices(300));
  const MetricTable table = metric("reconstruction").measure(gray, data, nullptr, {});
  EXPECT_EQ(table.columns, (std::vector<std::string>{"squared", "absolute"}));
  EXPECT_NEAR(table.rows[0].values[0], (score - 0.25).square().mean().item<double>(), 1e-6);
  EXPECT_NEAR(table.rows[0].values[1], (score - 0.25).abs().mean().item<double>(), 1e-6);
  EXPECT_EQ(table.rows[1].name, "mean image");
  EXPECT_NEAR(table.rows[1].values[0], (score - fit.mean(0, true)).square().mean().item<double>(), 1e-6);
  EXPECT_NEAR(table.rows[1].values[1], (score - fit.mean(0, true)).abs().mean().item<double>(), 1e-6);
}

TEST(Reconstruction, SpreadsAreStandardErrorsOverImages) {
  const auto data = pictures();
  const Tensor score = data.examples(Split::score, all_indices(300));
  const Tensor fit = data.examples(Split::fit, all_indices(40));
  const Tensor each = (score - fit.mean(0, true)).flatten(1).abs().mean(1);
  const MetricTable table = metric("reconstruction").measure(fakes::whole(), data, nullptr, {});
  EXPECT_NEAR(table.rows[1].spreads.at(1), each.std().item<double>() / std::sqrt(300.0), 1e-6);
  EXPECT_EQ(table.note, "");
  // The image upside down says less of itself than the mean image does.
  const fakes::FakeModel turned(
      Space::square(3, 8), {{"code", 192, Role::whole}}, [](const Tensor& x) { return Codes{x.flatten(1)}; },
      [](const Codes& codes) {
        return -codes[0].view({-1, 3, 8, 8});
      });
  EXPECT_EQ(metric("reconstruction").measure(turned, data, nullptr, {}).note,
            "Not distinguishable from the mean image: model.");
}

}  // namespace
}  // namespace refract
