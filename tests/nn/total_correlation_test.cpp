#include "refract/nn/total_correlation.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/full_like.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <numbers>

namespace refract {
namespace {

// N posteriors of equal, small variance whose means are so spread that codes of the whole set are Gaussian with unit
// variances and the correlation `rho` of their two dimensions. Then the total correlation is -log(1 - rho^2) / 2.
struct Correlated {
  Gaussian posterior;
  Tensor sample;
};

Correlated correlated(double rho, int64_t count, double variance = 0.04) {
  at::manual_seed(1);
  const Tensor a = at::randn({count, 1}, at::kDouble);
  const Tensor b = at::randn({count, 1}, at::kDouble);
  const double shared = rho / (1 - variance);
  const Tensor mean = at::cat({a, shared * a + std::sqrt(1 - shared * shared) * b}, 1) * std::sqrt(1 - variance);
  const Gaussian posterior{mean, at::full_like(mean, std::log(variance))};
  return {posterior, posterior.sample()};
}

double known(double rho) {
  return -0.5 * std::log(1 - rho * rho);
}

Tensor total_correlation(const Gaussian& posterior, const Tensor& sample, int64_t population, BatchSampling sampling) {
  return dependence(posterior, sample, population, sampling, {sample.size(1)}).within;
}

constexpr std::array samplings = {BatchSampling::weighted, BatchSampling::stratified, BatchSampling::shared};

TEST(TotalCorrelation, EverySamplingFindsThatOfAGaussian) {
  for (const BatchSampling sampling : samplings)
    for (const double rho : {0.0, 0.5, 0.8}) {
      const Correlated c = correlated(rho, 1500);
      const double found = total_correlation(c.posterior, c.sample, 1500, sampling).item<double>();
      EXPECT_NEAR(found, known(rho), 0.05) << rho;
    }
}

// The constant that weighted sampling adds to it grows with dimensions and data set; no gradient sees it, no curve
// should.
TEST(TotalCorrelation, IsThatOfTheBatchHoweverLargeTheDataSet) {
  const Correlated c = correlated(0.8, 1500);
  const auto found = [&](int64_t population) {
    return total_correlation(c.posterior, c.sample, population, BatchSampling::weighted).item<double>();
  };
  EXPECT_NEAR(found(1'000'000), found(1500), 1e-9);
}

double density(double x, double mean, double log_variance) {
  return std::exp(-0.5 * (x - mean) * (x - mean) / std::exp(log_variance)) /
         std::sqrt(2 * std::numbers::pi * std::exp(log_variance));
}

// The sums written out, for a batch of four from a set of ten.
TEST(TotalCorrelation, IsTheSumOfItsDefinition) {
  at::manual_seed(2);
  const Gaussian q{at::randn({4, 3}, at::kDouble), at::randn({4, 3}, at::kDouble)};
  const Tensor z = q.sample();
  const auto at = [](const Tensor& t, int64_t i, int64_t d) { return t[i][d].item<double>(); };
  for (const BatchSampling sampling : samplings) {
    double expected = 0;
    for (int64_t i = 0; i < 4; ++i) {
      double joint = 0;
      std::array<double, 3> marginal{};
      for (int64_t j = 0; j < 4; ++j) {
        double weight = 1.0 / 4;  // weighted: 1 / M
        if (sampling == BatchSampling::stratified)
          weight = j == i ? 1.0 / 10 : j == (i + 1) % 4 ? (10.0 - 3) / (10 * 3) : 1.0 / 3;
        if (sampling == BatchSampling::shared) weight = j == i ? 1.0 / 10 : 0.9 / 3;
        double product = 1;
        for (int64_t d = 0; d < 3; ++d) {
          const double p = density(at(z, i, d), at(q.mean, j, d), at(q.log_variance, j, d));
          marginal.at(d) += weight * p;
          product *= p;
        }
        joint += weight * product;
      }
      expected += (std::log(joint) - std::log(marginal[0] * marginal[1] * marginal[2])) / 4;
    }
    EXPECT_NEAR(total_correlation(q, z, 10, sampling).item<double>(), expected, 1e-9);
  }
}

// Dimensions 0 and 1 correlate, 2 and 3 with nothing; in another order, and grouped by two. In four dimensions the data
// set is smooth only where posteriors are wide.
Dependence of_pairs(const std::vector<int64_t>& order) {
  constexpr double variance = 0.3;
  const Correlated c = correlated(0.6, 1500, variance);
  const Tensor others = at::randn({1500, 2}, at::kDouble) * std::sqrt(1 - variance);
  const Tensor mean = at::cat({c.posterior.mean, others}, 1).index_select(1, at::tensor(order));
  const Gaussian posterior{mean, at::full_like(mean, std::log(variance))};
  return dependence(posterior, posterior.sample(), 1500, BatchSampling::shared, {2, 2});
}

TEST(Dependence, CorrelatedDimensionsOfOneGroupCountWithinIt) {
  const Dependence parts = of_pairs({0, 1, 2, 3});
  EXPECT_NEAR(parts.within.item<double>(), known(0.6), 0.05);
  EXPECT_NEAR(parts.between.item<double>(), 0, 0.05);
}

TEST(Dependence, CorrelatedDimensionsOfTwoGroupsCountBetweenThem) {
  const Dependence parts = of_pairs({0, 2, 1, 3});
  EXPECT_NEAR(parts.within.item<double>(), 0, 0.05);
  EXPECT_NEAR(parts.between.item<double>(), known(0.6), 0.05);
}

// I(x; z) = h(z) - h(z | x), of Gaussians: that of the dimensions alone, less what they share.
TEST(Dependence, TheInformationIsThatOfGaussians) {
  const Correlated c = correlated(0.8, 1500);
  for (const BatchSampling sampling : samplings) {
    const Dependence parts = dependence(c.posterior, c.sample, 1500, sampling, {1, 1});
    EXPECT_NEAR(parts.information.item<double>(), -std::log(0.04) - known(0.8), 0.1);
    EXPECT_NEAR(parts.between.item<double>(), known(0.8), 0.05);
    EXPECT_NEAR(parts.within.item<double>(), 0, 1e-12);
  }
}

// The sums written out for groups of two and one dimensions.
TEST(Dependence, IsTheSumOfItsDefinition) {
  at::manual_seed(2);
  const Gaussian q{at::randn({4, 3}, at::kDouble), at::randn({4, 3}, at::kDouble)};
  const Tensor z = q.sample();
  double information = 0, between = 0, within = 0;
  for (int64_t i = 0; i < 4; ++i) {
    double joint = 0, pair = 0, own = 0;
    std::array<double, 3> marginal{};
    for (int64_t j = 0; j < 4; ++j) {
      const double weight = j == i ? 1.0 / 10 : 0.9 / 3;
      std::array<double, 3> p{};
      for (int64_t d = 0; d < 3; ++d) {
        p.at(d) = density(z[i][d].item<double>(), q.mean[j][d].item<double>(), q.log_variance[j][d].item<double>());
        marginal.at(d) += weight * p.at(d);
      }
      joint += weight * p[0] * p[1] * p[2];
      pair += weight * p[0] * p[1];
      if (j == i) own = p[0] * p[1] * p[2];
    }
    information += std::log(own / joint) / 4;
    between += std::log(joint / (pair * marginal[2])) / 4;
    within += std::log(pair / (marginal[0] * marginal[1])) / 4;
  }
  const Dependence parts = dependence(q, z, 10, BatchSampling::shared, {2, 1});
  EXPECT_NEAR(parts.information.item<double>(), information, 1e-9);
  EXPECT_NEAR(parts.between.item<double>(), between, 1e-9);
  EXPECT_NEAR(parts.within.item<double>(), within, 1e-9);
}

// A total correlation that is lowered must be one that is too high: descent pulls the dimensions apart.
TEST(TotalCorrelation, DescentDecorrelates) {
  const Correlated c = correlated(0.8, 500);
  const Tensor turn = at::zeros({1}, at::kDouble).requires_grad_();
  const Tensor mean = at::stack(
      {c.posterior.mean.select(1, 0), c.posterior.mean.select(1, 1) + turn * c.posterior.mean.select(1, 0)}, 1);
  const Gaussian posterior{mean, c.posterior.log_variance};
  const Tensor sample = mean + (c.sample - c.posterior.mean);
  total_correlation(posterior, sample, 60000, BatchSampling::weighted).backward();
  EXPECT_GT(turn.grad().item<double>(), 0) << "less of the first dimension in the second must lower it";
}

}  // namespace
}  // namespace refract
