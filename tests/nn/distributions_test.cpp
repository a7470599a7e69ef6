#include "refract/nn/distributions.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/full.h>
#include <ATen/ops/linspace.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros_like.h>
#include <gtest/gtest.h>

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
  at::manual_seed(1);
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
  at::manual_seed(2);
  const Gaussian q = repeated(example(), 400000);
  const Gaussian p = {at::zeros_like(q.mean), at::zeros_like(q.mean)};
  const Tensor x = q.sample();
  const Tensor estimate = q.log_prob(x) - p.log_prob(x);
  const double error = 5 * estimate.std().item<double>() / std::sqrt(4e5);
  EXPECT_NEAR(example().kl_to_standard().item<double>(), estimate.mean().item<double>(), error);
}

// By numbers: N(0.3, e^0.5), N(-1.2, e^-1) and N(2, e^0.2) from N(0, 1); from N(1, e^2) the first.
TEST(Gaussian, KlOfEachDimension) {
  const Tensor alone = example().kl_of_dimensions()[0];
  EXPECT_NEAR(alone[0].item<double>(), 0.119361, 1e-6);
  EXPECT_NEAR(alone[1].item<double>(), 0.903940, 1e-6);
  EXPECT_NEAR(alone[2].item<double>(), 2.010701, 1e-6);
  const Gaussian prior = {at::full({1, 3}, 1.0, at::kDouble), at::full({1, 3}, 2.0, at::kDouble)};
  EXPECT_NEAR(example().kl_of_dimensions(prior)[0][0].item<double>(), 0.394722, 1e-6);
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

// To any prior by Monte Carlo; to the standard one as before.
TEST(Gaussian, KlToAPriorAgreesWithMonteCarlo) {
  at::manual_seed(4);
  const Gaussian prior = {at::tensor(std::vector<double>{-0.5, 0.4, 1.0}).view({1, 3}),
                          at::tensor(std::vector<double>{-0.3, 0.8, 0.1}).view({1, 3})};
  const Gaussian q = repeated(example(), 400000);
  const Tensor x = q.sample();
  const double estimate = (q.log_prob(x) - prior.log_prob(x)).mean().item<double>();
  EXPECT_NEAR(example().kl_to(prior).item<double>(), estimate, 0.02);
  const Gaussian standard = {at::zeros_like(prior.mean), at::zeros_like(prior.mean)};
  EXPECT_NEAR(example().kl_to(standard).item<double>(), example().kl_to_standard().item<double>(), 1e-12);
}

// The integral of sqrt(a b) by the trapezoid rule, in one dimension; a product over dimensions in two.
TEST(Gaussian, BhattacharyyaCoefficientIsTheIntegral) {
  const auto one = [](double mean, double log_variance) {
    return Gaussian{at::full({1, 1}, mean, at::kDouble), at::full({1, 1}, log_variance, at::kDouble)};
  };
  const auto integral = [](const Gaussian& a, const Gaussian& b) {
    const Tensor x = at::linspace(-30, 30, 60001, at::kDouble).view({-1, 1});
    return (0.5 * (a.log_prob(x) + b.log_prob(x))).exp().sum().item<double>() * 0.001;
  };
  const Gaussian a = one(0.3, -0.8);
  const Gaussian b = one(1.1, 0.6);
  const Gaussian c = one(-2, 0.1);
  EXPECT_NEAR(bhattacharyya_coefficient(a, b).item<double>(), integral(a, b), 1e-6);
  EXPECT_NEAR(bhattacharyya_coefficient(c, b).item<double>(), integral(c, b), 1e-6);
  EXPECT_NEAR(bhattacharyya_coefficient(a, a).item<double>(), 1, 1e-12);
  const auto both = [](const Gaussian& g, const Gaussian& h) {
    return Gaussian{at::cat({g.mean, h.mean}, 1), at::cat({g.log_variance, h.log_variance}, 1)};
  };
  EXPECT_NEAR(bhattacharyya_coefficient(both(a, c), both(b, b)).item<double>(), integral(a, b) * integral(c, b), 1e-6);
}

}  // namespace
}  // namespace refract
