// The adversarial classifier on z_u (Zheng and Sun 2019, Eqs. 4 and 5), with its player.
#pragma once

#include <string>

#include "refract/methods/label_classifier.h"
#include "refract/methods/lr_livae_options.h"
#include "refract/nn/distributions.h"
#include "refract/optim/player.h"

namespace refract {

struct CodeAdversary {
  CodeAdversary(const LrLivaeOptions& options, const LabelSet& label);

  // What it reads of z_u, [N, codes].
  [[nodiscard]] Tensor read(const Gaussian& posterior, const Tensor& sample) const;

  // New weights, as at the start.
  void start_anew();

  std::string reads;
  LabelClassifier classifier;
  Player player;
};

}  // namespace refract
