#include "refract/eval/energy.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "tests/eval/support.h"

namespace refract {
namespace {

double distance_of_rows(const Tensor& a, const Tensor& b) {
  return (a - b).square().sum().sqrt().item<double>();
}

// The mean over pairs of rows, without those of a row with itself where both are one sample.
double mean_pair_distance(const Tensor& x, const Tensor& y, bool one_sample) {
  double sum = 0;
  int64_t pairs = 0;
  for (int64_t i = 0; i < x.size(0); ++i)
    for (int64_t j = 0; j < y.size(0); ++j) {
      if (one_sample && i == j) continue;
      sum += distance_of_rows(x[i], y[j]);
      ++pairs;
    }
  return sum / static_cast<double>(pairs);
}

TEST(EnergyDistance, IsThatOfAllPairs) {
  const Tensor x = known::noise(7, 3, 1), y = 2 * known::noise(11, 3, 2) + 1;
  const double expected =
      2 * mean_pair_distance(x, y, false) - mean_pair_distance(x, x, true) - mean_pair_distance(y, y, true);
  EXPECT_NEAR(energy_distance(x, y), expected, 1e-12);
  EXPECT_NEAR(energy_distance(y, x), expected, 1e-12);
  EXPECT_NEAR(energy_distance(10 * x, 10 * y), 10 * expected, 1e-11);
}

// E|x - y| of N(0, 1) and N(m, 1) is 2 / sqrt(pi) exp(-m^2 / 4) + m erf(m / 2).
TEST(EnergyDistance, OfShiftedNormalsHasAClosedForm) {
  const Tensor x = known::noise(4000, 1, 1), y = known::noise(4000, 1, 2);
  const double within = 2 * std::numbers::inv_sqrtpi;
  for (const double m : {0.0, 1.0, 3.0}) {
    const double between = within * std::exp(-m * m / 4) + m * std::erf(m / 2);
    EXPECT_NEAR(energy_distance(x, y + m), 2 * between - 2 * within, m > 0 ? 0.1 * m : 0.003) << m;
  }
}

TEST(EnergyDistance, OfOneExampleIsUnknown) {
  EXPECT_TRUE(std::isnan(energy_distance(known::noise(1, 2), known::noise(5, 2))));
  EXPECT_TRUE(std::isnan(energy_distance(known::noise(5, 2), known::noise(1, 2))));
}

}  // namespace
}  // namespace refract
