#include "refract/nn/distributions.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/randn_like.h>

#include <cmath>
#include <numbers>

namespace refract {

Tensor Gaussian::sample() const {
  if (is_point()) return mean;
  return mean + (0.5 * log_variance).exp() * at::randn_like(mean);
}

Tensor Gaussian::sample(const at::Generator& generator) const {
  if (is_point()) return mean;
  const Tensor noise = at::empty(mean.sizes(), at::TensorOptions(generator.device())).normal_(0, 1, generator);
  return mean + (0.5 * log_variance).exp() * noise.to(mean.device());
}

Tensor Gaussian::kl_of_dimensions() const {
  return 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance);
}

Tensor Gaussian::kl_of_dimensions(const Gaussian& prior) const {
  const Tensor ratio = (log_variance - prior.log_variance).exp();
  const Tensor distance = (mean - prior.mean).square() * (-prior.log_variance).exp();
  return 0.5 * (ratio + distance - 1 + prior.log_variance - log_variance);
}

Tensor Gaussian::kl_to_standard() const {
  return kl_of_dimensions().sum(1);
}

Tensor Gaussian::kl_to(const Gaussian& prior) const {
  return kl_of_dimensions(prior).sum(1);
}

Tensor Gaussian::log_prob(const Tensor& value) const {
  const double constant = std::log(2 * std::numbers::pi);
  return -0.5 * ((value - mean).square() * (-log_variance).exp() + log_variance + constant).sum(1);
}

Gaussian Gaussian::rows(int64_t from, int64_t to) const {
  return {mean.slice(0, from, to), log_variance.slice(0, from, to)};
}

Gaussian Gaussian::repeated(int64_t count) const {
  return {mean.expand({count, -1}), log_variance.expand({count, -1})};
}

Gaussian Gaussian::mixed(const Tensor& classes) const {
  return {classes.matmul(mean), classes.matmul(log_variance)};
}

Gaussian bounded_gaussian(const Tensor& raw) {
  constexpr double bound = 8;
  const std::vector<Tensor> halves = raw.chunk(2, 1);
  return {halves[0], bound * (halves[1] / bound).tanh()};
}

Tensor bhattacharyya_coefficient(const Gaussian& a, const Gaussian& b) {
  const Tensor variance = 0.5 * (a.log_variance.exp() + b.log_variance.exp());
  const Tensor distance = (a.mean - b.mean).square() / variance / 8;
  const Tensor spread = 0.5 * (variance.log() - 0.5 * (a.log_variance + b.log_variance));
  return (-(distance + spread).sum(1)).exp();
}

Tensor absolute_error(const Tensor& x, const Tensor& mean) {
  return (x - mean).abs().flatten(1).sum(1);
}

}  // namespace refract
