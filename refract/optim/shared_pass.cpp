#include "refract/optim/shared_pass.h"

#include <ATen/ops/where.h>
#include <ATen/ops/zeros_like.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/custom_function.h>

namespace refract {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

// [N] in a shape that multiplies the rows of `like`, [N, ...]; a single number stays one.
Tensor rows_of(const Tensor& values, const Tensor& like) {
  if (values.dim() == 0) return values;
  std::vector<int64_t> sizes(static_cast<size_t>(like.dim()), 1);
  sizes[0] = values.size(0);
  return values.reshape(sizes);
}

// `value` with known gradients: that of leaf i is gradients[i], found for `arrived` (undefined: for 1), each row scaled
// by what arrives for the row now (for a 0-dim value, all of it).
class WithGradients : public torch::autograd::Function<WithGradients> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& value, at::TensorList /*leaves*/,
                        const variable_list& gradients_and_arrived) {
    context->save_for_backward(gradients_and_arrived);
    return value.clone();
  }

  static variable_list backward(AutogradContext* context, variable_list arriving) {
    variable_list gradients = context->get_saved_variables();
    const Tensor arrived = gradients.back();
    gradients.pop_back();
    const Tensor times = arrived.defined() ? arriving[0] / arrived : arriving[0];
    variable_list result = {Tensor()};
    for (const Tensor& gradient : gradients) {
      const bool needed = context->needs_input_grad(result.size());
      result.push_back(needed ? gradient * rows_of(times, gradient) : Tensor());
    }
    result.emplace_back();
    return result;
  }
};

// No row may lose its gradient to underflow, since it is divided by below. This is so small that it changes no sum.
Tensor kept_from_zero(const Tensor& gradient) {
  constexpr double least = 1e-18;
  return at::where(gradient < 0, gradient.clamp_max(-least), gradient.clamp_min(least));
}

}  // namespace

SharedPass shared_pass(const std::vector<Tensor>& inputs, const std::vector<Tensor>& parameters,
                       const std::function<Tensor(const std::vector<Tensor>&)>& network,
                       const std::function<Tensor(const Tensor&)>& loss, bool mixes) {
  if (mixes) {
    const Tensor verdicts = network(inputs);
    return {verdicts, loss(verdicts)};
  }
  variable_list leaves;
  for (const Tensor& input : inputs) leaves.push_back(input.detach().requires_grad_(input.requires_grad()));
  const Tensor verdicts = network(leaves);
  const Tensor seen = verdicts.detach().requires_grad_();
  const Tensor owners_loss = loss(seen);
  const Tensor arriving = kept_from_zero(torch::autograd::grad({owners_loss}, {seen}).at(0));

  variable_list all = parameters;
  for (const Tensor& leaf : leaves)
    if (leaf.requires_grad()) all.push_back(leaf);
  const variable_list found = torch::autograd::grad({verdicts}, all, {arriving}, false, false, true);
  auto next = found.begin() + static_cast<std::ptrdiff_t>(parameters.size());
  variable_list of_parameters(found.begin(), next);
  for (size_t i = 0; i < parameters.size(); ++i)
    if (!of_parameters[i].defined()) of_parameters[i] = at::zeros_like(parameters[i]);

  variable_list moved;
  variable_list of_moved;
  for (const Tensor& input : inputs) {
    if (!input.requires_grad()) continue;
    moved.push_back(input);
    of_moved.push_back(next->defined() ? *next : at::zeros_like(input));
    ++next;
  }
  of_moved.push_back(arriving);
  of_parameters.emplace_back();
  return {WithGradients::apply(verdicts.detach(), at::TensorList(moved), of_moved),
          WithGradients::apply(owners_loss.detach(), at::TensorList(parameters), of_parameters)};
}

}  // namespace refract
