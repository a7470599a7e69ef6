#include "refract/kernels/leaky_norm.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/leaky_relu.h>
#include <torch/csrc/autograd/custom_function.h>

#include "refract/kernels/loops/pixel_rows.h"

namespace refract {
namespace {

constexpr float kEpsilon = 1e-8F;
constexpr int64_t kPixelsPerTask = 2048;

at::MemoryFormat rows_format(const Tensor& x) {
  return x.dim() == 4 ? at::MemoryFormat::ChannelsLast : at::MemoryFormat::Contiguous;
}

class LeakyNorm : public torch::autograd::Function<LeakyNorm> {
 public:
  static Tensor forward(torch::autograd::AutogradContext* context, const Tensor& input, double slope) {
    const Tensor x = input.contiguous(rows_format(input));
    const Tensor y = at::empty_like(x);
    const int64_t channels = x.size(1);
    const Tensor scale = at::empty({x.numel() / channels}, x.options());
    const auto* in = x.data_ptr<float>();
    auto* out = y.data_ptr<float>();
    auto* scales = scale.data_ptr<float>();
    at::parallel_for(0, scale.numel(), kPixelsPerTask, [&](int64_t from, int64_t to) {
      Activation{channels, static_cast<float>(slope)}.forward(in + from * channels, out + from * channels,
                                                              scales + from, to - from);
    });
    context->save_for_backward({y, scale});
    context->saved_data["slope"] = slope;
    return y;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const Tensor& y = saved[0];
    const Tensor gradient = gradients[0].contiguous(rows_format(y));
    const Tensor result = at::empty_like(y);
    const int64_t channels = y.size(1);
    const auto slope = static_cast<float>(context->saved_data["slope"].toDouble());
    const auto* out = y.data_ptr<float>();
    const auto* scales = saved[1].data_ptr<float>();
    const auto* g = gradient.data_ptr<float>();
    auto* dx = result.data_ptr<float>();
    at::parallel_for(0, saved[1].numel(), kPixelsPerTask, [&](int64_t from, int64_t to) {
      Activation{channels, slope}.backward(out + from * channels, scales + from, g + from * channels,
                                           dx + from * channels, to - from);
    });
    return {result, Tensor()};
  }
};

}  // namespace

Tensor leaky_norm(const Tensor& x, double slope) {
  if (!x.device().is_cpu() || x.scalar_type() != at::kFloat || x.numel() == 0) return leaky_norm_reference(x, slope);
  return LeakyNorm::apply(x, slope);
}

Tensor leaky_norm_reference(const Tensor& x, double slope) {
  const Tensor a = at::leaky_relu(x, slope);
  return a * (a.square().mean(1, true) + kEpsilon).rsqrt();
}

}  // namespace refract
