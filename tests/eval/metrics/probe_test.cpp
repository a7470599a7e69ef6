// The probes on representations whose scores are known.
#include <ATen/ops/one_hot.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/randn_like.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include "refract/eval/features.h"
#include "refract/eval/metric.h"
#include "tests/support/fakes.h"

namespace refract {
namespace {

constexpr int64_t kFactors = 3;
constexpr int64_t kClasses = 4;

fakes::Source source() {
  return {kFactors, kClasses, {{Split::fit, 600}, {Split::score, 500}}};
}

Tensor factors_in(const Tensor& x) {
  return (x.select(1, 0).select(1, 0).slice(1, 0, kFactors) + 1) / 2;
}
Tensor label_in(const Tensor& x) {
  return ((x.select(1, 0).select(1, 1).select(1, 0) + 1) * (kClasses / 2.0)).round().to(at::kLong);
}
Tensor noise_in(const Tensor& x) {
  return x.select(1, 0).slice(1, 4, 6).flatten(1);
}

fakes::FakeModel with(std::function<Tensor(const Tensor&)> e, int64_t e_size, std::function<Tensor(const Tensor&)> z,
                      int64_t z_size) {
  return {Space::square(3, 8),
          {{"e", e_size, Role::target}, {"z", z_size, Role::common}},
          [e = std::move(e), z = std::move(z)](const Tensor& x) {
            return Codes{e(x), z(x)};
          }};
}

TEST(Probe, FactorsThemselvesScoreZeroAndNoiseScoresAsTheMean) {
  const auto data = source();
  const MetricTable table = metric("probe").measure(with(factors_in, 3, noise_in, 16), data, nullptr, {});
  ASSERT_EQ(table.rows.size(), 5U);
  EXPECT_EQ(table.rows[0].name, "e");
  EXPECT_EQ(table.rows[1].name, "z");
  EXPECT_EQ(table.rows[2].name, "e and z");
  EXPECT_EQ(table.rows[3].name, "raw pixels");  // in which the factors stand
  EXPECT_EQ(table.rows[4].name, "predict the mean");
  EXPECT_EQ(table.columns, (std::vector<std::string>{"factor 0", "factor 1", "factor 2", "average"}));
  for (size_t k = 0; k < 4; ++k) {
    EXPECT_LT(table.rows[0].values.at(k), 1e-6);
    EXPECT_LT(table.rows[2].values.at(k), 1e-6);
    EXPECT_LT(table.rows[3].values.at(k), 1e-4);
    EXPECT_NEAR(table.rows[4].values.at(k), 0.25, 0.02);  // E|u - 1/2| of a uniform variable
    EXPECT_NEAR(table.rows[1].values.at(k), table.rows[4].values.at(k), 0.02);
  }
}

TEST(Probe, RotationsAndScalesDoNotMatterButCurvesDo) {
  at::manual_seed(3);
  const Tensor rotation = at::randn({kFactors, kFactors}) * 100;
  const auto rotated = [&](const Tensor& x) { return factors_in(x).matmul(rotation) + 5; };
  const auto squared = [](const Tensor& x) { return factors_in(x).square(); };
  const MetricTable table = metric("probe").measure(with(rotated, 3, squared, 3), source(), nullptr, {});
  EXPECT_LT(table.rows[0].values.back(), 1e-5);
  // The best line through u = sqrt(v), v = u^2, u uniform: 3/16 + (15/16) v, off by 0.0613 on average.
  EXPECT_NEAR(table.rows[1].values.back(), 0.0613, 0.005);
}

TEST(Probe, ErrorsAreOfTheScoreSplitWithTheFitSplitsMean) {
  const auto data = source();
  const Tensor fit = data.factors(Split::fit, all_indices(600));
  const Tensor score = data.factors(Split::score, all_indices(500));
  double sum = 0;
  for (int64_t n = 0; n < 500; ++n) sum += std::abs((score[n][1] - fit.select(1, 1).mean()).item<double>());
  const MetricTable table = metric("probe").measure(with(factors_in, 3, noise_in, 16), data, nullptr, {});
  EXPECT_NEAR(table.rows.back().values.at(1), sum / 500, 1e-6);
}

// A mean that shows a factor faintly serves a regressor as well as a bold one; a draw that the posterior's noise drowns
// does not.
TEST(Probe, DrawnCodesShowWhatTheNoiseLeaves) {
  struct Faint : fakes::FakeModel {
    using FakeModel::FakeModel;
    [[nodiscard]] Codes draw(const Examples& images, const at::Generator& /*generator*/) const override {
      Codes codes = encode(images);
      codes[1] = codes[1] + at::randn_like(codes[1]);
      return codes;
    }
  };
  const Faint model{Space::square(3, 8), {{"e", 3, Role::target}, {"z", 3, Role::common}}, [](const Tensor& x) {
                      return Codes{factors_in(x), 1e-3 * factors_in(x)};
                    }};
  const MetricTable table = metric("probe").measure(model, source(), nullptr, {});
  ASSERT_EQ(table.rows.size(), 7U);
  EXPECT_LT(table.rows[1].values.back(), 1e-3);
  EXPECT_EQ(table.rows[3].name, "e (drawn)");
  EXPECT_LT(table.rows[3].values.back(), 1e-3);
  EXPECT_EQ(table.rows[4].name, "z (drawn)");
  EXPECT_NEAR(table.rows[4].values.back(), table.rows[6].values.back(), 0.01);
}

TEST(Probe, OneBlockHasOneRowBesidePixelsAndTheMean) {
  const MetricTable table = metric("probe").measure(fakes::whole(), source(), nullptr, {});
  ASSERT_EQ(table.rows.size(), 3U);
  EXPECT_EQ(table.rows[0].name, "code");
  EXPECT_LT(table.rows[0].values.back(), 1e-5);
}

TEST(Classify, LabelsScoreOneAndNoiseScoresAsChance) {
  const auto code = [](const Tensor& x) { return at::one_hot(label_in(x), kClasses).to(at::kFloat); };
  const MetricTable table = metric("classify").measure(with(code, 4, noise_in, 16), source(), nullptr, {});
  ASSERT_EQ(table.rows.size(), 5U);
  EXPECT_EQ(table.columns.back(), "average");
  EXPECT_DOUBLE_EQ(table.rows[0].values.back(), 1);
  EXPECT_NEAR(table.rows[1].values.back(), 0.25, 0.08);
  EXPECT_DOUBLE_EQ(table.rows[2].values.back(), 1);
  EXPECT_EQ(table.rows[3].name, "raw pixels");
  EXPECT_EQ(table.rows[4].name, "chance");
  EXPECT_DOUBLE_EQ(table.rows[4].values.back(), 0.25);
}

// A model with classes of its own that are the labels, but for the last two, which it takes for one another.
TEST(Classify, AModelsOwnClassesCountAsTheyAre) {
  const Tensor swapped = at::tensor(std::vector<int64_t>{0, 1, 3, 2});
  const fakes::FakeModel model{Space::square(3, 8),
                               {{"c", kClasses, Role::category, true}, {"z", 16, Role::class_independent}},
                               [&](const Tensor& x) {
                                 const Tensor said = swapped.index_select(0, label_in(x));
                                 return Codes{at::one_hot(said, kClasses).to(at::kFloat), noise_in(x)};
                               }};
  const MetricTable table = metric("classify").measure(model, source(), nullptr, {});
  EXPECT_DOUBLE_EQ(table.rows[0].values.back(), 1);  // a classifier on top finds out
  const auto& own = table.rows[table.rows.size() - 3];
  EXPECT_EQ(own.name, "c (as it is)");
  EXPECT_DOUBLE_EQ(own.values[1], 1);
  EXPECT_DOUBLE_EQ(own.values[2], 0);
  EXPECT_DOUBLE_EQ(own.values.back(), 0.5);
}

TEST(Classify, CountsEachClassAlone) {
  // Classes 2 and 3 look the same: half of the four classes is certain, the other two share what is left.
  const auto merged = [](const Tensor& x) { return at::one_hot(label_in(x).clamp(0, 2), 3).to(at::kFloat); };
  const MetricTable table = metric("classify").measure(with(merged, 3, noise_in, 16), source(), nullptr, {});
  const auto& values = table.rows[0].values;
  EXPECT_DOUBLE_EQ(values[0], 1);
  EXPECT_DOUBLE_EQ(values[1], 1);
  EXPECT_DOUBLE_EQ(values[2] + values[3], 1);
  EXPECT_DOUBLE_EQ(values[4], 0.75);
}

}  // namespace
}  // namespace refract
