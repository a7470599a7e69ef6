#include "refract/nn/distributions.h"

#include <ATen/ops/randn_like.h>

#include <cmath>
#include <numbers>

namespace refract {

Tensor Gaussian::sample() const {
  return mean + (0.5 * log_variance).exp() * at::randn_like(mean);
}

Tensor Gaussian::kl_to_standard() const {
  return 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).sum(1);
}

Tensor Gaussian::log_prob(const Tensor& value) const {
  const double constant = std::log(2 * std::numbers::pi);
  return -0.5 * ((value - mean).square() * (-log_variance).exp() + log_variance + constant).sum(1);
}

Gaussian Gaussian::rows(int64_t from, int64_t to) const {
  return {mean.slice(0, from, to), log_variance.slice(0, from, to)};
}

Tensor absolute_error(const Tensor& x, const Tensor& mean) {
  return (x - mean).abs().flatten(1).sum(1);
}

}  // namespace refract
