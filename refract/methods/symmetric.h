// What methods under the symmetric KL divergence share (Pu et al. 2018; Ruiz et al. 2019, Sec. 4.3).
#pragma once

#include "refract/core/options.h"
#include "refract/nn/networks.h"
#include "refract/optim/shared_pass.h"

namespace refract {

struct SymmetricOptions {
  double adversarial_weight = 10;
  double discriminator_rate = 1;
  DiscriminatorOptions discriminator;
  void describe_into(Options& options);
};

// d(x, codes) for the model, and the loss of Eq. 7 for the discriminator. `inputs` are the images, then the codes, each
// N that were encoded, then N that were generated.
SharedPass judge(const Discriminator& discriminator, const std::vector<Tensor>& inputs);

}  // namespace refract
