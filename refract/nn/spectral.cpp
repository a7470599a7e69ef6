#include "refract/nn/spectral.h"

#include <ATen/ops/leaky_relu.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros.h>

#include <cmath>

namespace refract {
namespace {

constexpr int kIterationsAtStart = 15;

Tensor unit(const Tensor& vector) {
  constexpr double least = 1e-12;
  return vector / vector.norm().clamp_min(least);
}

// The start does not matter for long: the weight is divided by its norm.
Tensor drawn_weight(at::IntArrayRef sizes, int64_t fan_in) {
  return at::randn(sizes) / std::sqrt(static_cast<double>(fan_in));
}

}  // namespace

SpectralWeight::SpectralWeight(const Tensor& weight)
    : weight_(register_parameter("weight", weight)),
      direction_(
          register_buffer("direction", unit(at::randn({weight.numel() / weight.size(0)}, weight.detach().options())))) {
  const at::NoGradGuard no_grad;
  const Tensor matrix = weight.detach().flatten(1);
  for (int i = 0; i < kIterationsAtStart; ++i) direction_.copy_(unit(matrix.t().mv(unit(matrix.mv(direction_)))));
}

Tensor SpectralWeight::normalised() const {
  const Tensor matrix = weight_.flatten(1);
  Tensor left, right;
  {
    const at::NoGradGuard no_grad;
    if (is_training()) {
      Tensor kept = direction_;  // the same tensor
      kept.copy_(unit(matrix.t().mv(unit(matrix.mv(direction_)))));
    }
    right = direction_.clone();  // what a gradient is found with must not move with the next iteration
    left = unit(matrix.mv(right));
  }
  return weight_ / left.dot(matrix.mv(right));
}

SpectralLinear::SpectralLinear(int64_t in, int64_t out)
    : weight_(register_module("spectral", std::make_shared<SpectralWeight>(drawn_weight({out, in}, in)))),
      bias_(register_parameter("bias", at::zeros({out}))) {}

Tensor SpectralLinear::forward(const Tensor& x) const {
  return at::linear(x, weight_->normalised(), bias_);
}

SpectralConvolution::SpectralConvolution(int64_t in, int64_t out, bool halves)
    : halves_(halves), bias_(register_parameter("bias", at::zeros({out}))) {
  const int64_t side = halves ? 4 : 3;
  weight_ = register_module("spectral",
                            std::make_shared<SpectralWeight>(drawn_weight({out, in, side, side}, in * side * side)));
}

Tensor SpectralConvolution::activated(const Tensor& x, double slope) const {
  if (halves_) return strided_block(x, weight_->normalised(), bias_, slope);
  return at::leaky_relu(plain_convolution(x, weight_->normalised(), bias_), slope);
}

}  // namespace refract
