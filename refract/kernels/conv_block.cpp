#include "refract/kernels/conv_block.h"

#include <ATen/ops/avg_pool2d.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/upsample_nearest2d.h>
#include <torch/csrc/autograd/custom_function.h>

#include <optional>

#include "refract/kernels/block_pass.h"
#include "refract/kernels/leaky_norm.h"

namespace refract {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

class ConvBlock : public torch::autograd::Function<ConvBlock> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& input, const Tensor& weight, const Tensor& bias,
                        std::optional<double> slope, Resample resample) {
    const Tensor x = input.contiguous(at::MemoryFormat::ChannelsLast);
    const BlockOutput result = block_forward({x, weight, resample, slope}, x, weight, bias);
    context->save_for_backward({x, weight, slope ? result.full : Tensor(), result.scale});
    context->saved_data["slope"] = slope ? c10::IValue(*slope) : c10::IValue();
    context->saved_data["resample"] = static_cast<int64_t>(resample);
    return result.y;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const variable_list saved = context->get_saved_variables();
    const c10::optional<double> slope = context->saved_data["slope"].toOptional<double>();
    const BlockShape block(saved[0], saved[1], static_cast<Resample>(context->saved_data["resample"].toInt()),
                           slope ? std::optional<float>(*slope) : std::nullopt);
    const BlockGradients result = block_backward(
        block, {saved[0], saved[1], saved[2], saved[3]}, gradients[0].contiguous(at::MemoryFormat::ChannelsLast),
        context->needs_input_grad(0), context->needs_input_grad(1) || context->needs_input_grad(2));
    return {result.x, result.weight, result.bias, Tensor(), Tensor()};
  }
};

// Whether the loops of this folder can do it, and do it fast.
bool handles(const BlockShape& block, const Tensor& x, const Tensor& weight) {
  const bool floats = x.device().is_cpu() && x.scalar_type() == at::kFloat && weight.scalar_type() == at::kFloat;
  const bool even = !block.down() || (block.height % 2 == 0 && block.width % 2 == 0);
  return floats && even && x.numel() > 0 && SliceConvolution::of(block.convolution()) != nullptr;
}

}  // namespace

Tensor conv_block(const Tensor& x, const Tensor& weight, const Tensor& bias, double slope, Resample resample) {
  if (!handles({x, weight, resample, slope}, x, weight)) return conv_block_reference(x, weight, bias, slope, resample);
  return ConvBlock::apply(x, weight, bias, std::optional(slope), resample);
}

Tensor plain_convolution(const Tensor& x, const Tensor& weight, const Tensor& bias) {
  if (!handles({x, weight, Resample::none, std::nullopt}, x, weight)) return at::conv2d(x, weight, bias, 1, 1);
  return ConvBlock::apply(x, weight, bias, std::optional<double>(), Resample::none);
}

Tensor conv_block_reference(const Tensor& x, const Tensor& weight, const Tensor& bias, double slope,
                            Resample resample) {
  const Tensor large = resample == Resample::up ? at::upsample_nearest2d(x, {2 * x.size(2), 2 * x.size(3)}) : x;
  const Tensor y = leaky_norm(at::conv2d(large, weight, bias, 1, 1), slope);
  return resample == Resample::down ? at::avg_pool2d(y, 2) : y;
}

}  // namespace refract
