#include "refract/nn/distributions.h"

#include <ATen/ops/full.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros_like.h>
#include <gtest/gtest.h>
#include <torch/csrc/api/include/torch/utils.h>

#include <cmath>
#include <numbers>
#include <vector>

namespace refract {
namespace {

Gaussian example() {
  return {at::tensor(std::vector<double>{0.3, -1.2, 2.0}).view({1, 3}),
          at::tensor(std::vector<double>{0.5, -1.0, 0.2}).view({1, 3})};
}

Gaussian repeated(const Gaussian& g, int64_t times) {
  return {g.mean.expand({times, -1}), g.log_variance.expand({times, -1})};
}

TEST(Gaussian, SamplesHaveTheMeanAndVariance) {
  torch::manual_seed(1);
  const Tensor samples = repeated(example(), 200000).sample();
  EXPECT_LT((samples.mean(0) - example().mean[0]).abs().max().item<double>(), 0.01);
  EXPECT_LT((samples.var(0) - example().log_variance[0].exp()).abs().max().item<double>(), 0.03);
}

// The density written out, one dimension at a time.
TEST(Gaussian, LogProbIsTheDensity) {
  const Gaussian g = example();
  const std::vector<double> x = {0.1, 0.2, -0.3};
  double expected = 0;
  for (int64_t i = 0; i < 3; ++i) {
    const double mean = g.mean[0][i].item<double>();
    const double variance = std::exp(g.log_variance[0][i].item<double>());
    const double d = x[static_cast<size_t>(i)] - mean;
    expected += std::log(std::exp(-d * d / (2 * variance)) / std::sqrt(2 * std::numbers::pi * variance));
  }
  EXPECT_NEAR(g.log_prob(at::tensor(x).view({1, 3})).item<double>(), expected, 1e-12);
}

// KL = E_q[log q - log p], by Monte Carlo.
TEST(Gaussian, ClosedFormKlAgreesWithMonteCarlo) {
  torch::manual_seed(2);
  const Gaussian q = repeated(example(), 400000);
  const Gaussian p = {at::zeros_like(q.mean), at::zeros_like(q.mean)};
  const Tensor x = q.sample();
  const Tensor estimate = q.log_prob(x) - p.log_prob(x);
  const double error = 5 * estimate.std().item<double>() / std::sqrt(4e5);
  EXPECT_NEAR(example().kl_to_standard().item<double>(), estimate.mean().item<double>(), error);
}

TEST(Gaussian, KlOfTheStandardNormalIsZero) {
  const Gaussian standard = {at::zeros_like(example().mean), at::zeros_like(example().mean)};
  EXPECT_EQ(standard.kl_to_standard().item<double>(), 0);
}

TEST(AbsoluteError, SumsOverPixelsOfEachImage) {
  const Tensor zeros = at::full({2, 3, 4, 4}, 0.0);
  const Tensor mean = at::full({2, 3, 4, 4}, -0.5);
  EXPECT_EQ(absolute_error(zeros, mean).sizes(), at::IntArrayRef({2}));
  EXPECT_NEAR(absolute_error(zeros, mean)[1].item<double>(), 24, 1e-12);
}

}  // namespace
}  // namespace refract
