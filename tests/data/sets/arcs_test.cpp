#include "refract/data/sets/arcs.h"

#include <ATen/ops/allclose.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace refract {
namespace {

constexpr double kArcPi = std::numbers::pi;

ArcsOptions some_arcs(int64_t points, double noise = 0.15) {
  ArcsOptions options;
  options.points = points;
  options.noise = noise;
  options.fit_points = options.score_points = 30;
  return options;
}

// Mean and deviation of a column of rows.
double column_mean(const Tensor& rows, int64_t column) {
  return rows.select(1, column).mean().item<double>();
}
double column_deviation(const Tensor& rows, int64_t column) {
  return rows.select(1, column).std().item<double>();
}

TEST(Arcs, ClassesComeInTurnAndPartsFollowEachOther) {
  const auto data = make_arcs(some_arcs(31));
  EXPECT_EQ(data->count(Split::unlabelled), 31);
  EXPECT_EQ(data->count(Split::fit), 30);
  EXPECT_EQ(data->count(Split::reference), 0);
  EXPECT_TRUE(at::equal(data->labels(Split::unlabelled, {0, 1, 2, 3}), at::tensor({0, 1, 2, 0}, at::kLong)));
  EXPECT_TRUE(at::equal(data->labels(Split::fit, {0}), at::tensor({31 % 3}, at::kLong)));
  EXPECT_FALSE(at::equal(data->examples(Split::fit, {0}), data->examples(Split::score, {0})));
  ArcsOptions other = some_arcs(31);
  other.data_seed = 2;
  EXPECT_FALSE(at::equal(make_arcs(other)->examples(Split::fit, {0}), data->examples(Split::fit, {0})));
}

// Without noise to speak of, the mean of a circle's arc of radius r and half angle a lies r sin(a) / a from its centre.
TEST(Arcs, LieOnCirclesAboutOneCentre) {
  constexpr int64_t count = 30'000;
  const auto data = make_arcs(some_arcs(count, 1e-3));
  const Tensor all = data->examples(Split::unlabelled, all_indices(count));
  const double from_centre = std::sin(kArcPi / 3) / (kArcPi / 3);
  const auto mean_of_class = [&](int64_t c) { return all.slice(0, c, count, 3).mean(0); };
  for (int64_t c = 0; c < 2; ++c) {
    const Tensor step = mean_of_class(c + 1) - mean_of_class(c);
    EXPECT_NEAR(step[0].item<double>(), from_centre * std::cos(kArcPi / 3), 0.06) << c;
    EXPECT_NEAR(step[1].item<double>(), from_centre * std::sin(kArcPi / 3), 0.06) << c;
  }
  EXPECT_NEAR(all.mean().item<double>(), 0, 0.02);
}

TEST(Arcs, AreAsThickAsTheNoiseAndUniformAlong) {
  constexpr int64_t count = 30'000;
  for (const double noise : {0.05, 0.15}) {
    const auto data = make_arcs(some_arcs(count, noise));
    const Indices rows = all_indices(count);
    const Tensor read =
        data->read_factors(data->examples(Split::unlabelled, rows), data->labels(Split::unlabelled, rows));
    EXPECT_NEAR(column_mean(read, 0), 0.5, 0.01);
    EXPECT_NEAR(column_deviation(read, 0), 1 / std::sqrt(12.0), 0.01);
    EXPECT_NEAR(column_mean(read, 1), 0.5, 0.003);
    EXPECT_NEAR(column_deviation(read, 1) * 8, 1, 0.02) << "the factor spans 8 deviations";
    const Tensor known = data->factors(Split::unlabelled, rows);
    EXPECT_TRUE(at::allclose(read.clamp(0, 1), known, 1e-4, 1e-3));
  }
}

// The thickness of a distribution that is twice as thick is read as twice that of the set.
TEST(Arcs, FactorsOfAnyPointAreRead) {
  const auto thin = make_arcs(some_arcs(3000)), thick = make_arcs(some_arcs(3000, 0.3));
  const Indices rows = all_indices(3000);
  const Tensor labels = thin->labels(Split::unlabelled, rows);
  const Tensor read = thin->read_factors(thick->examples(Split::unlabelled, rows), labels);
  EXPECT_NEAR(column_deviation(read, 1) /
                  column_deviation(thin->read_factors(thin->examples(Split::unlabelled, rows), labels), 1),
              2, 1e-2);
  EXPECT_GT(read.select(1, 1).max().item<double>(), 1) << "without a cut";
}

}  // namespace
}  // namespace refract
