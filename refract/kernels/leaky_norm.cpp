#include "refract/kernels/leaky_norm.h"

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/leaky_relu.h>
#include <torch/csrc/autograd/custom_function.h>

#include <cmath>

// One copy for each instruction set, chosen when the program loads. Sanitizers instrument the chooser itself, which
// runs too early for them.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__)
#define REFRACT_EVERY_ISA __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define REFRACT_EVERY_ISA
#endif

namespace refract {
namespace {

constexpr float kEpsilon = 1e-8F;
constexpr int64_t kPixelsPerTask = 2048;

// x and y: `pixels` rows of `channels`; scale: one number a pixel, kept for the gradient.
REFRACT_EVERY_ISA
void forward_rows(const float* __restrict x, float* __restrict y, float* __restrict scale, int64_t pixels,
                  int64_t channels, float slope) {
  for (int64_t p = 0; p < pixels; ++p, x += channels, y += channels) {
    float squares = 0;
#pragma omp simd reduction(+ : squares)
    for (int64_t c = 0; c < channels; ++c) {
      const float a = x[c] > 0 ? x[c] : slope * x[c];
      y[c] = a;
      squares += a * a;
    }
    const float s = 1.0F / std::sqrt(squares / static_cast<float>(channels) + kEpsilon);
    scale[p] = s;
#pragma omp simd
    for (int64_t c = 0; c < channels; ++c) y[c] *= s;
  }
}

// dx = s (g - y mean(g y)), times the slope where y is negative: y has the sign of x.
REFRACT_EVERY_ISA
void backward_rows(const float* __restrict y, const float* __restrict scale, const float* __restrict g,
                   float* __restrict dx, int64_t pixels, int64_t channels, float slope) {
  for (int64_t p = 0; p < pixels; ++p, y += channels, g += channels, dx += channels) {
    float dot = 0;
#pragma omp simd reduction(+ : dot)
    for (int64_t c = 0; c < channels; ++c) dot += y[c] * g[c];
    dot /= static_cast<float>(channels);
    const float s = scale[p];
#pragma omp simd
    for (int64_t c = 0; c < channels; ++c) {
      const float d = s * (g[c] - y[c] * dot);
      dx[c] = y[c] > 0 ? d : slope * d;
    }
  }
}

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
      forward_rows(in + from * channels, out + from * channels, scales + from, to - from, channels,
                   static_cast<float>(slope));
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
      backward_rows(out + from * channels, scales + from, g + from * channels, dx + from * channels, to - from,
                    channels, slope);
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
