// The total correlation of codes as a density ratio (Kim and Mnih 2018, Sec. 3).
#pragma once

#include <memory>
#include <vector>

#include "refract/nn/layers.h"

namespace refract {

// Codes [N, D] to [N]: the logit that a code was drawn from q(z) and not from the product of its marginals. Trained on
// both by `ratio_loss`, it is their log density ratio, whose mean over q(z) is the total correlation.
class CodeDiscriminator : public torch::nn::Module {
 public:
  CodeDiscriminator(int64_t latents, int64_t layers, int64_t features);
  [[nodiscard]] Tensor forward(Tensor codes) const;

 private:
  std::vector<std::shared_ptr<Linear>> layers_;
};

// Each dimension's rows in a random order of its own, from LibTorch's default generator: draws from the product of the
// marginals (Algorithm 1).
Tensor permuted_dimensions(const Tensor& codes);

}  // namespace refract
