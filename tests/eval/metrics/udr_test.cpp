#include "refract/eval/metrics/udr.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/linalg_qr.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include <cmath>

#include "refract/core/errors.h"
#include "tests/eval/support.h"

namespace refract {
namespace {

Tensor rotated(const Tensor& codes, uint64_t seed) {
  return codes.matmul(std::get<0>(at::linalg_qr(known::noise(codes.size(1), codes.size(1), seed))));
}

TEST(Udr, OrderSignAndCurveOfDimensionsDoNotMatter) {
  const Tensor codes = known::noise(2000, 4);
  const Tensor turned = codes.index_select(1, at::tensor({3, 1, 0, 2})) * at::tensor({-1.0, 2.0, 1.0, -0.5});
  const double same = agreement(codes, codes);
  EXPECT_GT(same, 0.9);  // correlations of independent dimensions in 2,000 rows are not quite 0
  EXPECT_NEAR(agreement(codes, turned), same, 1e-9);
  EXPECT_NEAR(agreement(codes, codes.pow(3)), same, 1e-9);
  EXPECT_LT(agreement(codes, rotated(codes, 5)), 0.7);
  EXPECT_LT(agreement(codes, known::noise(2000, 4, 10)), 0.05);
}

// The dimensions of a full grid do not correlate at all, so that each has one counterpart.
TEST(Udr, CopiesOfAFullGridAgree) {
  const Tensor k = at::arange(210, at::kDouble);
  const Tensor grid = at::stack({k.div(42, "floor"), k.div(7, "floor").remainder(6), k.remainder(7)}, 1);
  const Tensor turned = grid.index_select(1, at::tensor({2, 0, 1})) * at::tensor({-1.0 / 3, 1e6, -7.0}, at::kDouble);
  EXPECT_NEAR(agreement(grid, turned + 1e7), 1, 1e-12);
}

// Correlations of 1, 0 over dimensions of 2 and 1: (1 + 0) from one side, 1 from the other, over three dimensions.
TEST(Udr, DimensionsWithoutACounterpartCountAgainst) {
  const Tensor one = at::tensor({0.0, 1.0, 0.0, 1.0}).repeat({50}).unsqueeze(1);
  const Tensor other = at::tensor({0.0, 0.0, 1.0, 1.0}).repeat({50}).unsqueeze(1);
  EXPECT_NEAR(agreement(at::cat({one, other}, 1), one), 2.0 / 3, 1e-9);
  // Two copies of a counterpart share it: 1 / 2 from one side, 1 + 1 from the other, over three.
  EXPECT_NEAR(agreement(one, at::cat({one, one}, 1)), 2.5 / 3, 1e-9);
}

TEST(Udr, DimensionsThatSayNothingAreLeftOut) {
  const Tensor codes = known::noise(2000, 3);
  const Tensor quiet = 0.1 * known::noise(2000, 5, 10);  // half the variance: 0.005
  const double same = agreement(codes, codes);
  EXPECT_NEAR(agreement(at::cat({codes, quiet}, 1), codes), same, 1e-12);
  EXPECT_LT(agreement(at::cat({codes, quiet * 2}, 1), codes), same - 0.2);
  EXPECT_EQ(agreement(quiet, codes), 0);
}

TEST(Udr, EachModelHasTheMedianOfItsAgreements) {
  const Factors factors = known::factors(1000);
  const Tensor codes = known::noise(1000, 3);
  const std::vector<Representation> models = {representation("a", codes, factors), representation("b", -codes, factors),
                                              representation("c", rotated(codes, 5), factors),
                                              representation("d", known::noise(1000, 3, 11), factors)};
  const MetricTable table = udr(models);
  EXPECT_EQ(table.columns, (std::vector<std::string>{"a", "b", "c", "d", "median"}));
  ASSERT_EQ(table.rows.size(), 4U);
  for (size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(table.rows[i].name, models[i].name);
    EXPECT_TRUE(std::isnan(table.rows[i].values.at(i)));
  }
  const auto& a = table.rows[0].values;
  EXPECT_NEAR(a[1], agreement(codes, -codes), 1e-12);
  EXPECT_EQ(a[4], a[2]);  // between b, which agrees, and d, which does not
  EXPECT_GT(a[4], table.rows[3].values[4]);
  const MetricTable two = udr({models[0], models[1]});
  EXPECT_EQ(two.rows[0].values[2], two.rows[0].values[1]);
  EXPECT_THROW(udr({models[0]}), BadInput);
}

}  // namespace
}  // namespace refract
