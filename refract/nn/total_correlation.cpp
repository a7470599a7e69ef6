#include "refract/nn/total_correlation.h"

#include <ATen/ops/eye.h>
#include <ATen/ops/full.h>
#include <ATen/ops/logsumexp.h>
#include <ATen/ops/zeros_like.h>

#include <cmath>
#include <numbers>

namespace refract {
namespace {

// log q(z_d of sample i | image j): [M, M, D].
Tensor cross_densities(const Gaussian& posterior, const Tensor& sample) {
  const Tensor mean = posterior.mean.unsqueeze(0);
  const Tensor log_variance = posterior.log_variance.unsqueeze(0);
  const Tensor squares = (sample.unsqueeze(1) - mean).square() * (-log_variance).exp();
  return -0.5 * (squares + log_variance + std::log(2 * std::numbers::pi));
}

// What image j counts in the density of sample i, as logarithms: [M, M].
Tensor log_weights(const at::TensorOptions& options, int64_t batch, int64_t population, BatchSampling sampling) {
  const auto m = static_cast<double>(batch);
  const auto n = static_cast<double>(population);
  if (sampling == BatchSampling::weighted) return at::full({batch, batch}, -std::log(n * m), options);
  // Chen et al. 2018, Appendix C, with M' = M - 1 other images: the own one is there for sure, and one of the others is
  // drawn for what the own one would take of the rest.
  const Tensor own = at::eye(batch, options);
  if (sampling == BatchSampling::shared) {
    const double others = (n - 1) / (n * (m - 1));
    return (others + own * (1 / n - others)).log();
  }
  const Tensor next = own.roll(1, 1);
  const double others = 1 / (m - 1);
  return (others + own * (1 / n - others) + next * ((n - m + 1) / (n * (m - 1)) - others)).log();
}

// log q(z) of the codes' dimensions [from, to) taken together: [M].
Tensor log_density(const Tensor& densities, const Tensor& weights, int64_t from, int64_t to) {
  return at::logsumexp(densities.slice(2, from, to).sum(2) + weights, 1);
}

// The sum over single dimensions: [M].
Tensor log_marginals(const Tensor& densities, const Tensor& weights) {
  return at::logsumexp(densities + weights.unsqueeze(2), 1).sum(1);
}

// By how much weighted sampling has the logarithm of each density too low: one for every density of a difference.
double log_surplus(int64_t population, BatchSampling sampling) {
  return sampling == BatchSampling::weighted ? std::log(static_cast<double>(population)) : 0;
}

}  // namespace

Dependence dependence(const Gaussian& posterior, const Tensor& sample, int64_t population, BatchSampling sampling,
                      const std::vector<int64_t>& groups) {
  const Tensor densities = cross_densities(posterior, sample);
  const Tensor weights = log_weights(sample.options(), sample.size(0), population, sampling);
  const Tensor joint = log_density(densities, weights, 0, sample.size(1));
  Tensor grouped = at::zeros_like(joint);
  int64_t from = 0;
  for (const int64_t size : groups) {
    grouped = grouped + log_density(densities, weights, from, from + size);
    from += size;
  }
  const double surplus = log_surplus(population, sampling);
  const auto blocks = static_cast<double>(groups.size());
  const auto dimensions = static_cast<double>(sample.size(1));
  return {(posterior.log_prob(sample) - joint).mean() - surplus, (joint - grouped).mean() - (blocks - 1) * surplus,
          (grouped - log_marginals(densities, weights)).mean() - (dimensions - blocks) * surplus};
}

}  // namespace refract
