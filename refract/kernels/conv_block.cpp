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
                        const BlockKind& kind, int64_t detached) {
    const Tensor x = input.contiguous(at::MemoryFormat::ChannelsLast);
    const BlockOutput result = block_forward({x, weight, kind}, x, weight, bias);
    context->save_for_backward(
        {x, weight, bias, kind.epilogue == Epilogue::none ? Tensor() : result.unpooled, result.scale});
    context->saved_data["filter"] = static_cast<int64_t>(kind.filter);
    context->saved_data["epilogue"] = static_cast<int64_t>(kind.epilogue);
    context->saved_data["slope"] = static_cast<double>(kind.slope);
    context->saved_data["recomputes"] = kind.recomputes;
    context->saved_data["detached"] = detached;
    return result.y;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const variable_list saved = context->get_saved_variables();
    const BlockKind kind{static_cast<Filter>(context->saved_data["filter"].toInt()),
                         static_cast<Epilogue>(context->saved_data["epilogue"].toInt()),
                         static_cast<float>(context->saved_data["slope"].toDouble()),
                         context->saved_data["recomputes"].toBool()};
    const BlockShape block(saved[0], saved[1], kind);
    const BlockGradients result =
        block_backward(block, {saved[0], saved[1], saved[2], saved[3], saved[4]},
                       gradients[0].contiguous(at::MemoryFormat::ChannelsLast),
                       {context->needs_input_grad(0), context->needs_input_grad(1) || context->needs_input_grad(2),
                        context->saved_data["detached"].toInt()});
    return {result.x, result.weight, result.bias, Tensor(), Tensor()};
  }
};

// Whether the loops of this folder support the block.
bool supports(const BlockShape& block, const Tensor& x, const Tensor& weight) {
  const bool floats = x.device().is_cpu() && x.scalar_type() == at::kFloat && weight.scalar_type() == at::kFloat;
  const bool halves = block.kind.pools() || block.kind.filter == Filter::strided;
  const bool even = !halves || (x.size(2) % 2 == 0 && x.size(3) % 2 == 0);
  return floats && even && x.numel() > 0 && SliceConvolution::of(block.convolution) != nullptr;
}

// From an image with few channels it takes little time to compute the unpooled y again, and y is the largest tensor of
// most networks. If the image needs a gradient, a discriminator reads generated images. Those steps are the slowest
// ones, and they already need less memory than a plain implementation.
bool recomputes(const Tensor& x) {
  constexpr int64_t max_channels = 4;
  return x.size(1) <= max_channels && !x.requires_grad();
}

BlockKind block_kind(Filter filter, std::optional<double> slope) {
  return {filter, slope ? Epilogue::leaky_relu : Epilogue::none, static_cast<float>(slope.value_or(0))};
}

Tensor detach_first(const Tensor& x, int64_t detached) {
  return detached == 0 ? x : at::cat({x.slice(0, 0, detached).detach(), x.slice(0, detached)});
}

Tensor with_leaky_relu(const Tensor& x, std::optional<double> slope) {
  return slope ? at::leaky_relu(x, *slope) : x;
}

}  // namespace

Tensor conv_block(const Tensor& x, const Tensor& weight, const Tensor& bias, double slope, Resample resample,
                  int64_t detached) {
  const bool pools = resample == Resample::down;
  const BlockKind kind{resample == Resample::up ? Filter::up_sampled : Filter::same,
                       pools ? Epilogue::leaky_norm_and_pool : Epilogue::leaky_norm, static_cast<float>(slope),
                       pools && recomputes(x)};
  if (!supports({x, weight, kind}, x, weight))
    return conv_block_reference(detach_first(x, detached), weight, bias, slope, resample);
  return ConvBlock::apply(x, weight, bias, kind, detached);
}

Tensor plain_convolution(const Tensor& x, const Tensor& weight, const Tensor& bias) {
  const BlockKind kind{Filter::same, Epilogue::none};
  if (!supports({x, weight, kind}, x, weight)) return at::conv2d(x, weight, bias, 1, 1);
  return ConvBlock::apply(x, weight, bias, kind, 0);
}

Tensor strided_block(const Tensor& x, const Tensor& weight, const Tensor& bias, std::optional<double> slope) {
  const BlockKind kind = block_kind(Filter::strided, slope);
  if (!supports({x, weight, kind}, x, weight)) return strided_reference(x, weight, bias, slope);
  return ConvBlock::apply(x, weight, bias, kind, 0);
}

Tensor transposed_block(const Tensor& x, const Tensor& weight, const Tensor& bias, std::optional<double> slope) {
  const BlockKind kind = block_kind(Filter::transposed, slope);
  if (!supports({x, weight, kind}, x, weight)) return transposed_reference(x, weight, bias, slope);
  return ConvBlock::apply(x, weight, bias, kind, 0);
}

Tensor conv_block_reference(const Tensor& x, const Tensor& weight, const Tensor& bias, double slope,
                            Resample resample) {
  const Tensor large = resample == Resample::up ? at::upsample_nearest2d(x, {2 * x.size(2), 2 * x.size(3)}) : x;
  const Tensor y = leaky_norm(at::conv2d(large, weight, bias, 1, 1), slope);
  return resample == Resample::down ? at::avg_pool2d(y, 2) : y;
}

Tensor strided_reference(const Tensor& x, const Tensor& weight, const Tensor& bias, std::optional<double> slope) {
  return with_leaky_relu(at::conv2d(x, weight, bias, 2, 1), slope);
}

Tensor transposed_reference(const Tensor& x, const Tensor& weight, const Tensor& bias, std::optional<double> slope) {
  return with_leaky_relu(at::conv_transpose2d(x, weight, bias, 2, 1), slope);
}

}  // namespace refract
