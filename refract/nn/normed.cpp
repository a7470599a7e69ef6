#include "refract/nn/normed.h"

#include <ATen/ops/batch_norm.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/conv_transpose2d.h>
#include <ATen/ops/leaky_relu.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros.h>

#include <cmath>
#include <utility>

namespace refract {
namespace {

// As many products as an output sums up, on average.
int64_t fan_in_of(int64_t in, const Kernel& kernel) {
  const int64_t taps = kernel.side * kernel.side;
  return kernel.transposed ? in * taps / (kernel.stride * kernel.stride) : in * taps;
}

Tensor drawn_kernel(int64_t in, int64_t out, const Kernel& kernel) {
  const int64_t first = kernel.transposed ? in : out;
  const int64_t second = kernel.transposed ? out : in;
  const double variance = kDefault / static_cast<double>(fan_in_of(in, kernel));
  return at::randn({first, second, kernel.side, kernel.side}) * std::sqrt(variance);
}

}  // namespace

KernelConvolution::KernelConvolution(int64_t in, int64_t out, const Kernel& kernel, bool with_bias)
    : kernel_(kernel), weight_(register_parameter("weight", drawn_kernel(in, out, kernel))) {
  if (with_bias) bias_ = register_parameter("bias", at::zeros({out}));
}

Tensor KernelConvolution::forward(const Tensor& x) const {
  const int64_t padding = kernel_.side / 2;
  if (kernel_.transposed) return at::conv_transpose2d(x, weight_, bias_, kernel_.stride, padding, kernel_.stride - 1);
  if (kernel_.side == 3 && kernel_.stride == 1)  // the CPU has a fast loop for it
    return plain_convolution(x, weight_, bias_.defined() ? bias_ : at::zeros({weight_.size(0)}, weight_.options()));
  return at::conv2d(x, weight_, bias_, kernel_.stride, padding);
}

BatchNorm::BatchNorm(int64_t maps)
    : weight_(register_parameter("weight", at::ones({maps}))),
      bias_(register_parameter("bias", at::zeros({maps}))),
      mean_(register_buffer("mean", at::zeros({maps}))),
      variance_(register_buffer("variance", at::ones({maps}))) {}

Tensor BatchNorm::forward(const Tensor& x) const {
  constexpr double momentum = 0.1;
  constexpr double epsilon = 1e-5;
  return at::batch_norm(x, weight_, bias_, mean_, variance_, is_training(), momentum, epsilon, true);
}

NormedConvolution::NormedConvolution(int64_t in, int64_t out, const Kernel& kernel)
    : convolution_(register_module("conv", std::make_shared<KernelConvolution>(in, out, kernel, false))),
      norm_(register_module("norm", std::make_shared<BatchNorm>(out))) {}

Tensor NormedConvolution::activated(const Tensor& x, double slope, const Tensor& added) const {
  return at::leaky_relu(norm_->forward(with_added(convolution_->forward(x), added)), slope);
}

std::vector<NormedLayer> normed_layers(const Architecture& architecture, int64_t channels) {
  std::vector<NormedLayer> layers;
  int64_t in = channels;
  for (const int64_t out : architecture.widths) {
    if (architecture.style == Architecture::Style::normed5) {
      layers.push_back({in, out, {5, 2}});
    } else {
      layers.push_back({in, out, {3, 1}});
      layers.push_back({out, out, {3, 2}});
    }
    in = out;
  }
  return layers;
}

std::vector<NormedLayer> mirrored(const std::vector<NormedLayer>& layers) {
  std::vector<NormedLayer> back(layers.rbegin(), layers.rend());
  for (NormedLayer& layer : back) {
    std::swap(layer.in, layer.out);
    layer.kernel.transposed = layer.kernel.stride > 1;
  }
  return back;
}

}  // namespace refract
