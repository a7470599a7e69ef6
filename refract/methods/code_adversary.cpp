#include "refract/methods/code_adversary.h"

#include <ATen/ops/cat.h>

namespace refract {

CodeAdversary::CodeAdversary(const LrLivaeOptions& options, const LabelSet& label)
    : reads(options.code_adversary_reads),
      classifier((reads == "posterior" ? 2 : 1) * options.latent_u,
                 {options.code_adversary_layers, options.code_adversary_features}, label),
      player("code_adversary", options.shared.network.adam(options.code_adversary_rate)) {
  player.own("classifier", classifier);
}

Tensor CodeAdversary::read(const Gaussian& posterior, const Tensor& sample) const {
  if (reads == "mean") return standardised(posterior.mean);
  return reads == "sample" ? sample : at::cat({posterior.mean, posterior.log_variance}, 1);
}

void CodeAdversary::start_anew() {
  classifier.start_anew();
  for (const auto& [name, moment] : player.moments()) moment.zero_();
}

}  // namespace refract
