#include "refract/nn/layers.h"

#include <ATen/ops/linear.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros.h>

#include <cmath>

namespace refract {
namespace {

Tensor drawn(at::IntArrayRef sizes, int64_t fan_in, double gain) {
  return at::randn(sizes) * std::sqrt(gain / static_cast<double>(fan_in));
}

}  // namespace

Convolution::Convolution(int64_t in, int64_t out, double gain)
    : weight_(register_parameter("weight", drawn({out, in, 3, 3}, in * 9, gain))),
      bias_(register_parameter("bias", at::zeros({out}))) {}

Tensor Convolution::forward(const Tensor& x) const {
  return plain_convolution(x, weight_, bias_);
}

Tensor Convolution::activated(const Tensor& x, Resample resample, int64_t data) const {
  return conv_block(x, weight_, bias_, kSlope, resample, data);
}

StridedConvolution::StridedConvolution(int64_t in, int64_t out)
    : weight_(register_parameter("weight", drawn({out, in, 4, 4}, in * 16, kDefault))),
      bias_(register_parameter("bias", at::zeros({out}))) {}

Tensor StridedConvolution::activated(const Tensor& x, double slope) const {
  return strided_block(x, weight_, bias_, slope);
}

// LibTorch takes the second dimension for the fan-in, which here counts the outputs.
TransposedConvolution::TransposedConvolution(int64_t in, int64_t out)
    : weight_(register_parameter("weight", drawn({in, out, 4, 4}, out * 16, kDefault))),
      bias_(register_parameter("bias", at::zeros({out}))) {}

Tensor TransposedConvolution::forward(const Tensor& x) const {
  return transposed_block(x, weight_, bias_, std::nullopt);
}

Tensor TransposedConvolution::activated(const Tensor& x, double slope) const {
  return transposed_block(x, weight_, bias_, slope);
}

Linear::Linear(int64_t in, int64_t out, double gain)
    : weight_(register_parameter("weight", drawn({out, in}, in, gain))),
      bias_(register_parameter("bias", at::zeros({out}))) {}

Tensor Linear::forward(const Tensor& x) const {
  return at::linear(x, weight_, bias_);
}

void Linear::start_at(int64_t from, int64_t to, double weight_factor, double bias) {
  const at::NoGradGuard no_grad;
  weight_.slice(0, from, to).mul_(weight_factor);
  bias_.slice(0, from, to).fill_(bias);
}

void Linear::scale_inputs(int64_t from, int64_t to, double factor) {
  const at::NoGradGuard no_grad;
  weight_.slice(1, from, to).mul_(factor);
}

Tensor with_added(const Tensor& x, const Tensor& added) {
  if (!added.defined()) return x;
  return x.dim() == 2 ? x + added : x + added.unsqueeze(2).unsqueeze(3);
}

}  // namespace refract
