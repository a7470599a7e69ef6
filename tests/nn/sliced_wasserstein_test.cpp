// The distance of codes from a standard normal, against cases with known answers.
#include "refract/nn/sliced_wasserstein.h"

#include <ATen/ops/eye.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace refract {
namespace {

// Where the distribution function of N(0, 1) has this value, by bisection.
double normal_quantile(double share) {
  double low = -10, high = 10;
  for (int i = 0; i < 100; ++i) {
    const double middle = (low + high) / 2;
    (0.5 * std::erfc(-middle / std::sqrt(2.0)) < share ? low : high) = middle;
  }
  return low;
}

Tensor normal_quantiles(int64_t count) {
  std::vector<double> all;
  for (int64_t n = 0; n < count; ++n)
    all.push_back(normal_quantile((static_cast<double>(n) + 0.5) / static_cast<double>(count)));
  return at::tensor(all, at::kFloat).unsqueeze(1);
}

double distance(const Tensor& codes, const Tensor& directions) {
  return sliced_distance_to_normal(codes, directions).item<double>();
}

TEST(SlicedWasserstein, IsZeroAtTheQuantilesInAnyOrder) {
  const Tensor quantiles = normal_quantiles(40), axis = at::eye(1);
  EXPECT_LT(distance(quantiles, axis), 1e-10);
  EXPECT_LT(distance(quantiles.flip(0), axis), 1e-10);
  EXPECT_NEAR(distance(quantiles + 0.5, axis), 0.25, 1e-5);
  EXPECT_NEAR(distance(3 * quantiles, axis), 4 * quantiles.square().mean().item<double>(), 1e-4);
  EXPECT_NEAR(distance(at::zeros({40, 1}), axis), quantiles.square().mean().item<double>(), 1e-5);
}

// Both have mean 0 and variance 1 in each dimension.
TEST(SlicedWasserstein, SeesOutliersAndCopies) {
  at::manual_seed(4);
  const Tensor directions = random_directions(4, 200, at::kFloat);
  EXPECT_LT((directions.square().sum(0) - 1).abs().max().item<double>(), 1e-5);
  const Tensor normal = at::randn({400, 4});
  const double of_normal = distance(normal, directions);
  EXPECT_LT(of_normal, 0.02);
  Tensor outliers = at::zeros({400, 4});
  outliers.slice(0, 0, 2).fill_(10);
  outliers.slice(0, 2, 4).fill_(-10);
  EXPECT_GT(distance(outliers, directions), 0.5);
  EXPECT_GT(distance(normal.slice(1, 0, 1).expand({400, 4}), directions), 0.1);
}

TEST(SlicedWasserstein, ItsGradientLeadsToTheNormal) {
  at::manual_seed(5);
  Tensor codes = at::randn({64, 3}) * 0.1 + 2;
  codes.select(1, 1).copy_(codes.select(1, 0));
  for (int i = 0; i < 400; ++i) {
    codes = codes.detach().requires_grad_();
    sliced_distance_to_normal(codes, random_directions(3, 32, at::kFloat)).backward();
    codes = codes.detach() - 10 * codes.grad();
  }
  EXPECT_LT(codes.mean(0).abs().max().item<double>(), 0.1);
  EXPECT_LT((codes.t().matmul(codes) / 64 - at::eye(3)).abs().max().item<double>(), 0.3);
}

}  // namespace
}  // namespace refract
