#include "refract/nn/fixed_rate.h"

#include <ATen/ops/batch_norm.h>
#include <ATen/ops/full_like.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>

#include <cmath>

namespace refract {

FixedRate::FixedRate(int64_t dimensions, double rate)
    : noise_(-2 * rate),
      mean_(register_buffer("mean", at::zeros({dimensions}))),
      variance_(register_buffer("variance", at::ones({dimensions}))) {}

Gaussian FixedRate::posterior(const Tensor& code) const {
  constexpr double momentum = 0.01;
  constexpr double epsilon = 1e-8;
  const Tensor normal = at::batch_norm(code, {}, {}, mean_, variance_, is_training(), momentum, epsilon, false);
  return {normal * std::sqrt(1 - std::exp(noise_)), at::full_like(normal, noise_)};
}

}  // namespace refract
