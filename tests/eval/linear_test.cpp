#include "refract/eval/linear.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/bincount.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/full.h>
#include <ATen/ops/one_hot.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include "refract/core/errors.h"

namespace refract {
namespace {

Tensor noise(std::vector<int64_t> sizes, uint64_t seed) {
  at::manual_seed(seed);
  return at::randn(sizes, at::kDouble);
}

double largest(const Tensor& values) {
  return values.abs().max().item<double>();
}

TEST(LeastSquares, FindsTheLineThroughPoints) {
  const Tensor x = at::tensor({0.0, 1.0, 2.0, 3.0}).unsqueeze(1);
  const Tensor y = at::tensor({1.0, 3.0, 5.0, 7.0}).unsqueeze(1);
  const LinearMap line = fit_least_squares(x, y);
  EXPECT_NEAR(line.weight.item<double>(), 2, 1e-12);
  EXPECT_NEAR(line.bias.item<double>(), 1, 1e-12);
}

TEST(LeastSquares, SolvesTheNormalEquations) {
  const Tensor x = noise({200, 7}, 1) * at::tensor({1e-3, 1.0, 1e3, 1.0, 5.0, 1.0, 1.0}) + 4;
  const Tensor y = noise({200, 3}, 2);
  const Tensor residual = y - fit_least_squares(x, y)(x);
  EXPECT_LT(largest(residual.mean(0)), 1e-10);
  EXPECT_LT(largest((x - x.mean(0)).t().matmul(residual) / x.std(0).unsqueeze(1)), 1e-8);
}

TEST(LeastSquares, IgnoresDeadAndDuplicatedLatents) {
  const Tensor x = noise({100, 3}, 1).to(at::kFloat);
  const Tensor y = x.to(at::kDouble).matmul(noise({3, 2}, 2)) + 0.5;
  const Tensor dead = at::full({100, 2}, 0.3F);
  const Tensor rounding = at::full({100, 1}, 0.3F) + 3e-8F * at::arange(100).unsqueeze(1).remainder(2);
  const Tensor features = at::cat({x, dead, x, rounding, at::zeros({100, 1})}, 1);
  const LinearMap map = fit_least_squares(features, y);
  EXPECT_LT(largest(map(features) - y), 1e-6);
  EXPECT_LT(largest(map.weight), 10);
  EXPECT_EQ(largest(map.weight.slice(0, 3, 5)), 0);
}

TEST(LeastSquares, AllFeaturesDeadPredictsTheMean) {
  const Tensor y = noise({50, 2}, 1);
  EXPECT_LT(largest(fit_least_squares(at::ones({50, 4}), y)(at::ones({1, 4})) - y.mean(0)), 1e-12);
}

TEST(LeastSquares, FewerSamplesThanFeaturesInterpolates) {
  const Tensor x = noise({5, 20}, 1);
  const Tensor y = noise({5, 2}, 2);
  EXPECT_LT(largest(fit_least_squares(x, y)(x) - y), 1e-9);
}

// A class that no fitted example has: its probability is rounding in all of them, and nearly 1 in the one that is asked
// about. Ordinary features may lie far outside of the fitted ones.
TEST(LeastSquares, ProbabilitiesOfAClassNeverSeenDoNotExplode) {
  const Tensor probabilities = noise({100, 1}, 1).exp() * 1e-15;
  const Tensor features = at::cat({probabilities, noise({100, 2}, 2)}, 1);
  const Tensor y = features.slice(1, 1).sum(1, true) + 0.1 * noise({100, 1}, 3);
  const LinearMap map = fit_least_squares(features, y);
  EXPECT_LT(largest(map(at::tensor({1.0, 0.5, 0.5}).unsqueeze(0)) - 1), 1);
  EXPECT_NEAR(map(at::tensor({1e-15, 5.0, 5.0}).unsqueeze(0)).item<double>(), 10, 0.5);
}

TEST(LeastSquares, RefusesWhatIsNotFinite) {
  Tensor x = noise({10, 2}, 1);
  x[3][1] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THROW(fit_least_squares(x, noise({10, 1}, 2)), BadInput);
  EXPECT_THROW(fit_least_squares(noise({10, 2}, 1), noise({9, 1}, 2)), BadInput);
}

// Probabilities at the optimum, found by gradient descent in a separate Python program (gradient below 1e-15).
TEST(Logistic, AgreesWithAnIndependentSolution) {
  const Tensor x =
      at::tensor({0.5, 1.0, 1.5, 0.2, 2.0, 1.1, 3.0, -0.5, 2.5, 0.1, 3.5, 0.7, 1.0, 3.0, 0.4, 2.2, 1.9, 2.8})
          .view({9, 2});
  const Tensor y = at::tensor({0, 0, 0, 1, 1, 1, 2, 2, 0}, at::kLong);
  const Tensor expected =
      at::tensor({0.529363204, 0.075150803, 0.395485993, 0.542670300, 0.337833934, 0.119495767, 0.485169977,
                  0.353097931, 0.161732092, 0.177909667, 0.812790623, 0.009299710, 0.321827480, 0.641890512,
                  0.036282007, 0.173342807, 0.809277651, 0.017379542, 0.263517717, 0.026706178, 0.709776105,
                  0.320875268, 0.023779933, 0.655344799, 0.376570610, 0.114333394, 0.509095996})
          .view({9, 3});
  const Tensor found = at::softmax(fit_logistic(x, y, 3)(x), 1);
  EXPECT_LT(largest(found - expected), 1e-6) << found;
}

TEST(Logistic, IsAtTheOptimumOfItsObjective) {
  const Tensor x = noise({300, 5}, 1) * at::tensor({0.01, 1.0, 10.0, 1.0, 1.0}) + 2;
  const Tensor y = (x.select(1, 1) + noise({300}, 2)).gt(2.5).to(at::kLong) + x.select(1, 3).gt(3).to(at::kLong);
  const Tensor standard = (x - x.mean(0)) / x.std(0, false);
  const Tensor weights = 1.0 / (3.0 * at::bincount(y).to(at::kDouble).index_select(0, y));
  for (const double penalty : {1.0, 50.0}) {
    const LinearMap map = fit_logistic(x, y, 3, penalty);
    const Tensor residual = weights.unsqueeze(1) * (at::softmax(map(x), 1) - at::one_hot(y, 3));
    const Tensor on_standard = map.weight * x.std(0, false).unsqueeze(1);
    EXPECT_LT(largest(standard.t().matmul(residual) + on_standard * penalty / 300.0), 1e-6);
    EXPECT_LT(largest(residual.sum(0)), 1e-6);
  }
}

// Labels that follow the first feature, noisily; the other features say nothing.
Tensor noisy_labels(const Tensor& x, uint64_t seed) {
  return (x.select(1, 0) + noise({x.size(0)}, seed)).gt(0).to(at::kLong);
}

TEST(LogisticByHeldOut, KeepsTheLeastPenaltyWhereImagesAreManyAndFeaturesFew) {
  const Tensor x = noise({4000, 2}, 3);
  const Tensor y = x.select(1, 0).gt(0).to(at::kLong);
  EXPECT_TRUE(fit_logistic_by_held_out(x, y, 2).weight.equal(fit_logistic(x, y, 2, 1).weight));
}

TEST(LogisticByHeldOut, DoesNotLearnManyFeaturesByHeart) {
  const Tensor x = noise({2200, 150}, 4);
  const Tensor y = noisy_labels(x, 5);
  const auto fresh = [&](const LinearMap& map) {
    return map(x.slice(0, 200)).argmax(1).eq(y.slice(0, 200)).to(at::kDouble).mean().item<double>();
  };
  const Tensor seen = x.slice(0, 0, 200);
  const double chosen = fresh(fit_logistic_by_held_out(seen, y.slice(0, 0, 200), 2));
  const double unpenalised = fresh(fit_logistic(seen, y.slice(0, 0, 200), 2));
  EXPECT_GT(chosen, unpenalised + 0.02) << chosen << " and " << unpenalised;
}

TEST(LogisticByHeldOut, HoldsNothingOutOfClassesOfThree) {
  const Tensor x = noise({6, 2}, 6);
  const Tensor y = at::arange(6).remainder(2);
  EXPECT_TRUE(fit_logistic_by_held_out(x, y, 2).weight.equal(fit_logistic(x, y, 2).weight));
}

TEST(Logistic, SeparatesWhatCanBeSeparatedAndToleratesDeadLatents) {
  const Tensor y = at::arange(60).remainder(4);
  const Tensor x = at::cat({at::one_hot(y, 4).to(at::kDouble), at::full({60, 2}, 0.7)}, 1);
  EXPECT_TRUE(fit_logistic(x, y, 4)(x).argmax(1).equal(y));
}

TEST(Logistic, RefusesLabelsOutOfRange) {
  const Tensor labels = at::tensor({0, 1, 5}, at::kLong);
  EXPECT_THROW(fit_logistic(noise({3, 2}, 1), labels, 3), BadInput);
  EXPECT_THROW(fit_logistic_by_held_out(noise({3, 2}, 1), labels, 3), BadInput);
}

}  // namespace
}  // namespace refract
