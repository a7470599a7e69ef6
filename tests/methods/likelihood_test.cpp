// Likelihoods against their densities, written down again.
#include "refract/methods/likelihood.h"

#include <ATen/ops/full.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include <cmath>

#include "refract/core/errors.h"

namespace refract {
namespace {

Space counts(int64_t columns) {
  Space space = Space::row(columns, Values::counts);
  space.library = 50;
  return space;
}

double error(const LikelihoodOptions& options, const Space& space, const Tensor& x, const Tensor& made) {
  return Likelihood(options, space).negative_log_likelihood(x, made).item<double>();
}

// A mean of rows as a double, entry by entry.
template <class Term>
double mean_over_rows(const Tensor& x, Term term) {
  double sum = 0;
  for (int64_t n = 0; n < x.size(0); ++n)
    for (int64_t d = 0; d < x.size(1); ++d) sum += term(n, d);
  return sum / static_cast<double>(x.size(0));
}

const Tensor kCounts = at::tensor(std::vector<float>{3, 0, 7, 1, 0, 0, 2, 40, 5, 9, 1, 0}).view({3, 4});

TEST(Likelihood, GaussianIsHalfTheSquaredErrorOverTheVariance) {
  at::manual_seed(1);
  const Tensor x = at::randn({3, 4}), mean = at::randn({3, 4});
  const double expected = mean_over_rows(
      x, [&](int64_t n, int64_t d) { return std::pow((x[n][d] - mean[n][d]).item<double>(), 2) / 2 / 0.5; });
  EXPECT_NEAR(error({.likelihood = "gaussian", .laplace_scale = 0.5}, Space::row(4), x, mean), expected, 1e-5);
  EXPECT_NEAR(error({.likelihood = "auto", .laplace_scale = 0.5}, Space::row(4), x, mean), expected, 1e-5);
}

// The sum over values of each example, whatever the reduction.
TEST(Likelihood, EachExampleHasItsOwn) {
  at::manual_seed(1);
  const Tensor x = at::randn({3, 4}), mean = at::randn({3, 4});
  for (const char* reduction : {"sum", "mean"}) {
    const Likelihood gaussian({.likelihood = "gaussian", .reduction = reduction, .laplace_scale = 0.5}, Space::row(4));
    const Tensor each = gaussian.negative_log_likelihoods(x, mean);
    for (int64_t n = 0; n < 3; ++n)
      EXPECT_NEAR(each[n].item<double>(), (x[n] - mean[n]).square().sum().item<double>(), 1e-5) << reduction;
  }
}

// Means are shares of the row's own sum.
double mean_of(const Tensor& x, const Tensor& made, int64_t n, int64_t d) {
  const Tensor shares = made[n].slice(0, 0, x.size(1)).to(at::kDouble).softmax(0);
  return x[n].sum().item<double>() * shares[d].item<double>();
}

TEST(Likelihood, PoissonIsItsProbabilityWithoutTheConstant) {
  at::manual_seed(2);
  const Tensor made = at::randn({3, 4});
  const double expected = mean_over_rows(kCounts, [&](int64_t n, int64_t d) {
    const double count = kCounts[n][d].item<double>(), mean = mean_of(kCounts, made, n, d);
    return -(count * std::log(mean) - mean - std::lgamma(count + 1)) - std::lgamma(count + 1);
  });
  EXPECT_NEAR(error({.likelihood = "poisson"}, counts(4), kCounts, made), expected, 1e-3);
}

TEST(Likelihood, NegativeBinomialIsItsProbabilityWithoutTheConstant) {
  at::manual_seed(3);
  const Tensor made = at::randn({3, 8});
  const double expected = mean_over_rows(kCounts, [&](int64_t n, int64_t d) {
    const double count = kCounts[n][d].item<double>(), mean = mean_of(kCounts, made, n, d);
    const double r = std::exp(6 * std::tanh(made[n][4 + d].item<double>() / 6));
    const double log_p = std::lgamma(count + r) - std::lgamma(r) - std::lgamma(count + 1) +
                         r * std::log(r / (r + mean)) + count * std::log(mean / (r + mean));
    return -log_p - std::lgamma(count + 1);
  });
  EXPECT_NEAR(error({.likelihood = "negative-binomial"}, counts(4), kCounts, made), expected, 1e-3);
  EXPECT_NEAR(error({}, counts(4), kCounts, made), expected, 1e-3);
  EXPECT_EQ(Likelihood({}, counts(4)).made().sizes, std::vector<int64_t>{8});
}

// The difference of a count and its mean is what is learnt from; in single precision it must not drown in the count.
TEST(Likelihood, GradientsOfLargeCountsAreThoseOfDoublePrecision) {
  const Tensor x = at::tensor(std::vector<double>{1e7, 1.1e7, 3e6, 12}).view({1, 4});
  const Tensor made = at::tensor(std::vector<double>{1, 1.05, 0.1, -9, 0.5, 1, -2, 0}).view({1, 8});
  const auto slope = [&](at::ScalarType type) {
    const Tensor leaf = made.to(type).detach().requires_grad_();
    const Tensor error = Likelihood({}, counts(4)).negative_log_likelihood(x.to(type), leaf);
    return torch::autograd::grad({error}, {leaf}).at(0).to(at::kDouble);
  };
  const Tensor exact = slope(at::kDouble), found = slope(at::kFloat);
  EXPECT_TRUE(found.slice(1, 0, 4).allclose(exact.slice(1, 0, 4), 1e-2, 1e-3)) << found << exact;
}

// Two rows with the same shares are read alike, whatever their sums.
TEST(Likelihood, CountsAreReadAsLogarithmsForATypicalSum) {
  const Likelihood likelihood({}, counts(4));
  const Tensor x = at::tensor(std::vector<float>{1, 2, 3, 4, 10, 20, 30, 40}).view({2, 4});
  const Tensor read = likelihood.read(x);
  EXPECT_TRUE(read[0].allclose(read[1]));
  EXPECT_NEAR(read[0][3].item<double>(), std::log(1 + 4 * 50.0 / 10), 1e-5);
  EXPECT_TRUE(likelihood.read(at::zeros({1, 4})).eq(0).all().item<bool>());
  const Tensor example = likelihood.example(at::randn({3, 8}));
  EXPECT_TRUE(example.sum(1).allclose(at::full({3}, 50.0)));
}

TEST(Likelihood, PixelsAreClampedAndReadAsTheyAre) {
  const Likelihood likelihood({}, Space::square(1, 2));
  const Tensor made = 4 * at::randn({2, 1, 2, 2});
  EXPECT_TRUE(likelihood.example(made).equal(made.clamp(-1, 1)));
  EXPECT_TRUE(likelihood.read(made).is_same(made));
  const Likelihood logits({.likelihood = "bernoulli"}, Space::square(1, 2));
  EXPECT_TRUE(logits.mean(made).allclose(2 * made.sigmoid() - 1, 1e-4, 1e-5));
}

TEST(Likelihood, WhatDoesNotFitIsRefused) {
  EXPECT_THROW(Likelihood({.likelihood = "poisson"}, Space::square(1, 4)), BadInput);
  EXPECT_THROW(Likelihood({.likelihood = "bernoulli"}, Space::row(4)), BadInput);
  EXPECT_THROW(Likelihood({.likelihood = "laplace"}, counts(4)), BadInput);
  EXPECT_THROW(Likelihood({.pyramid = 1}, Space::row(4)), BadInput);
  EXPECT_THROW(static_cast<void>(Likelihood({}, Space::row(4)).output("tanh")), BadInput);
  EXPECT_THROW(static_cast<void>(Likelihood({.likelihood = "bernoulli"}, Space::square(1, 4)).output("leaky")),
               BadInput);
  EXPECT_EQ(Likelihood({}, Space::square(1, 4)).output("tanh"), Output::tanh);
}

// A search for codes has to leave pixels beyond black and white, where the gradient of a clamp vanishes.
TEST(Likelihood, GradientsPassThroughTheClampOfPixels) {
  const Likelihood likelihood({.likelihood = "laplace"}, Space::square(1, 2));
  const Tensor made = at::tensor(std::vector<float>{0.3F, 1.7F, -2.5F, -1.0F}).view({1, 1, 2, 2}).requires_grad_();
  const Tensor example = likelihood.example(made);
  EXPECT_TRUE(example.equal(made.detach().clamp(-1, 1)));
  const Tensor weights = at::tensor(std::vector<float>{1, 2, 3, 4}).view({1, 1, 2, 2});
  EXPECT_TRUE(torch::autograd::grad({(example * weights).sum()}, {made}).at(0).equal(weights));
  const at::NoGradGuard no_grad;
  EXPECT_TRUE(likelihood.example(made).equal(made.clamp(-1, 1)));
}

}  // namespace
}  // namespace refract
