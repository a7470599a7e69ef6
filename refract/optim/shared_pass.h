// Two players, one network: what a simultaneous update needs of a discriminator, from one pass forward and one back.
#pragma once

#include <functional>
#include <vector>

#include "refract/core/tensor.h"

namespace refract {

struct SharedPass {
  Tensor verdicts;  // [N]: differentiable in the inputs alone, for whoever wants to move the verdicts
  Tensor loss;      // 0-dim: differentiable in the parameters alone, for their owner
};

// `network` maps inputs, [N, ...] each, to N verdicts, each of which depends on its own row of the inputs alone; `loss`
// maps verdicts to the owner's loss, which may leave some out. The gradients of both results are those of two separate
// passes: the verdict of a row is one number, so that the gradient of any function of it in that row's inputs is that
// of the loss, scaled. Where a layer `mixes` samples, as batch normalisation does, that is not so: only the pass
// forward is shared then, gradients run back through it once for each player, and both results are differentiable in
// inputs and parameters.
SharedPass shared_pass(const std::vector<Tensor>& inputs, const std::vector<Tensor>& parameters,
                       const std::function<Tensor(const std::vector<Tensor>&)>& network,
                       const std::function<Tensor(const Tensor&)>& loss, bool mixes = false);

}  // namespace refract
