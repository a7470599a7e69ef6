#include "refract/kernels/conv_block.h"

#include <ATen/ops/avg_pool2d.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/conv_transpose2d.h>
#include <ATen/ops/leaky_relu.h>
#include <ATen/ops/upsample_nearest2d.h>
#include <torch/csrc/autograd/custom_function.h>

#include "refract/kernels/block_pass.h"
#include "refract/kernels/leaky_norm.h"

namespace refract {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

class ConvBlock : public torch::autograd::Function<ConvBlock> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& input, const Tensor& weight, const Tensor& bias,
                        const BlockKind& kind, int64_t data) {
    const Tensor x = input.contiguous(at::MemoryFormat::ChannelsLast);
    const BlockOutput result = block_forward({x, weight, kind}, x, weight, bias);
    context->save_for_backward({x, weight, bias, kind.finish == Finish::none ? Tensor() : result.full, result.scale});
    context->saved_data["filter"] = static_cast<int64_t>(kind.filter);
    context->saved_data["finish"] = static_cast<int64_t>(kind.finish);
    context->saved_data["slope"] = static_cast<double>(kind.slope);
    context->saved_data["recomputes"] = kind.recomputes;
    context->saved_data["data"] = data;
    return result.y;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const variable_list saved = context->get_saved_variables();
    const BlockKind kind{static_cast<Filter>(context->saved_data["filter"].toInt()),
                         static_cast<Finish>(context->saved_data["finish"].toInt()),
                         static_cast<float>(context->saved_data["slope"].toDouble()),
                         context->saved_data["recomputes"].toBool()};
    const BlockShape block(saved[0], saved[1], kind);
    const BlockGradients result =
        block_backward(block, {saved[0], saved[1], saved[2], saved[3], saved[4]},
                       gradients[0].contiguous(at::MemoryFormat::ChannelsLast),
                       {context->needs_input_grad(0), context->needs_input_grad(1) || context->needs_input_grad(2),
                        context->saved_data["data"].toInt()});
    return {result.x, result.weight, result.bias, Tensor(), Tensor()};
  }
};

// Whether the loops of this folder can do it, and do it fast.
bool handles(const BlockShape& block, const Tensor& x, const Tensor& weight) {
  const bool floats = x.device().is_cpu() && x.scalar_type() == at::kFloat && weight.scalar_type() == at::kFloat;
  const bool halves = block.kind.pools() || block.kind.filter == Filter::strided;
  const bool even = !halves || (x.size(2) % 2 == 0 && x.size(3) % 2 == 0);
  return floats && even && x.numel() > 0 && SliceConvolution::of(block.convolution) != nullptr;
}

// Computing y before pooling again takes little longer from the few channels of images, and y is the largest tensor of
// most networks. Where images have a gradient, an adversary reads them: those steps are the long ones, and have memory
// to spare against a plain implementation's.
bool recomputes(const Tensor& x) {
  constexpr int64_t few = 4;
  return x.size(1) <= few && !x.requires_grad();
}

BlockKind with_slope(Filter filter, std::optional<double> slope) {
  return {filter, slope ? Finish::rectify : Finish::none, static_cast<float>(slope.value_or(0))};
}

Tensor without_gradient(const Tensor& x, int64_t data) {
  return data == 0 ? x : at::cat({x.slice(0, 0, data).detach(), x.slice(0, data)});
}

Tensor rectified(const Tensor& x, std::optional<double> slope) {
  return slope ? at::leaky_relu(x, *slope) : x;
}

}  // namespace

Tensor conv_block(const Tensor& x, const Tensor& weight, const Tensor& bias, double slope, Resample resample,
                  int64_t data) {
  const bool pools = resample == Resample::down;
  const BlockKind kind{resample == Resample::up ? Filter::up_sampled : Filter::same,
                       pools ? Finish::normalise_and_pool : Finish::normalise, static_cast<float>(slope),
                       pools && recomputes(x)};
  if (!handles({x, weight, kind}, x, weight))
    return conv_block_reference(without_gradient(x, data), weight, bias, slope, resample);
  return ConvBlock::apply(x, weight, bias, kind, data);
}

Tensor plain_convolution(const Tensor& x, const Tensor& weight, const Tensor& bias) {
  const BlockKind kind{Filter::same, Finish::none};
  if (!handles({x, weight, kind}, x, weight)) return at::conv2d(x, weight, bias, 1, 1);
  return ConvBlock::apply(x, weight, bias, kind, 0);
}

Tensor strided_block(const Tensor& x, const Tensor& weight, const Tensor& bias, std::optional<double> slope) {
  const BlockKind kind = with_slope(Filter::strided, slope);
  if (!handles({x, weight, kind}, x, weight)) return strided_reference(x, weight, bias, slope);
  return ConvBlock::apply(x, weight, bias, kind, 0);
}

Tensor transposed_block(const Tensor& x, const Tensor& weight, const Tensor& bias, std::optional<double> slope) {
  const BlockKind kind = with_slope(Filter::transposed, slope);
  if (!handles({x, weight, kind}, x, weight)) return transposed_reference(x, weight, bias, slope);
  return ConvBlock::apply(x, weight, bias, kind, 0);
}

Tensor conv_block_reference(const Tensor& x, const Tensor& weight, const Tensor& bias, double slope,
                            Resample resample) {
  const Tensor large = resample == Resample::up ? at::upsample_nearest2d(x, {2 * x.size(2), 2 * x.size(3)}) : x;
  const Tensor y = leaky_norm(at::conv2d(large, weight, bias, 1, 1), slope);
  return resample == Resample::down ? at::avg_pool2d(y, 2) : y;
}

Tensor strided_reference(const Tensor& x, const Tensor& weight, const Tensor& bias, std::optional<double> slope) {
  return rectified(at::conv2d(x, weight, bias, 2, 1), slope);
}

Tensor transposed_reference(const Tensor& x, const Tensor& weight, const Tensor& bias, std::optional<double> slope) {
  return rectified(at::conv_transpose2d(x, weight, bias, 2, 1), slope);
}

}  // namespace refract
