// What Lr-LiVAE (Zheng and Sun 2019) and its rivals share of options, so that they differ in nothing but their
// objective.
#pragma once

#include <string>
#include <vector>

#include "refract/methods/common.h"
#include "refract/methods/label_options.h"
#include "refract/methods/likelihood.h"

namespace refract {

// The paper's weights in the units used here. With SE the squared error summed over the M values of an example, KL
// summed over the D dimensions of its code, and A the adversarial terms, the paper minimises (Algorithm 1, Sec. 4.2)
//   10 / M * SE / 2 + 1 / D * KL + A.
// Likelihood's gaussian is SE / 2, or SE / (2 M) with reduction=mean, the default here. So the reconstruction counts 10
// times, and KL, averaged over dimensions, once. Adam's step size is the paper's, its decays are those of the authors'
// code, 0 and 0.9.
struct LabelledOptions {
  NetworkOptions network{.widths = {32, 64, 128, 256}, .learning_rate = 5e-4, .beta1 = 0, .beta2 = 0.9};
  LikelihoodOptions likelihood{.reduction = "mean", .of_pixels = Family::gaussian};
  double generator_average = 0;
  LabelOptions labels;

  void describe_into(Options& options);
  void describe_likelihood(Options& options);  // for those that reconstruct
};

struct PixelAdversaryOptions {
  double weight = 1;
  std::string loss = "log";
  double rate = 1;
  std::vector<int64_t> widths;
  int64_t depth = 1;
  std::string augmentation = "none";

  void describe_into(Options& options);  // all but the weight
  void describe_weight(Options& options);
};

}  // namespace refract
