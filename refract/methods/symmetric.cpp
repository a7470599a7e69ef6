#include "refract/methods/symmetric.h"

#include "refract/methods/common.h"
#include "refract/nn/density_ratio.h"

namespace refract {

void SymmetricOptions::describe_into(Options& options) {
  options
      .add("adversarial_weight", adversarial_weight,
           "weight of the symmetric divergence's log-ratios (Eq. 6; Fig. 3 a, b)")
      .range(0, 1e6);
  describe_rate(options, "discriminator_rate", discriminator_rate, "the discriminators");
  options
      .add("discriminator_features", discriminator.features,
           "features of the image at the joint layer of the discriminators; each code has half as many")
      .range(2, 65536);
  options
      .add("discriminator_dropout", discriminator.dropout,
           "probability of zeroing all features of the image, or of one code (A.4)")
      .range(0, 0.999);
}

SharedPass judge(const Discriminator& discriminator, const std::vector<Tensor>& inputs) {
  const auto network = [&](const std::vector<Tensor>& leaves) {
    return discriminator.forward(leaves[0], {leaves.begin() + 1, leaves.end()}, leaves[0].size(0) / 2);
  };
  return shared_pass(inputs, discriminator.parameters(), network, ratio_loss, discriminator.mixes_examples());
}

}  // namespace refract
