// The options of the method of Mathieu et al. 2016.
#pragma once

#include <string>
#include <vector>

#include "refract/methods/common.h"
#include "refract/methods/label_options.h"

namespace refract {

// The weights are those of the authors' code in the units used here. Their losses are means: with the squared error SE
// a sum over the M = C * H * W values of an example, KL a sum over dimensions and A the adversarial loss, they minimise
//   0.5 SE / M + 1 SE' / M + 0.01 A + 0.1 * 6 / M KL,
// where SE' is of the example made with its partner's s. Likelihood's gaussian is a sum over values, SE / 2. Times M:
//   1 (SE / 2) + 2 (SE' / 2) + 0.01 M A + 0.6 KL.
// 0.01 M is 8 for 28x28 in gray and 31 for 32x32 in colour; 10 stands between. Dimensions of s and z, real_label and
// dropout are the authors', too. With reduction=mean, divide kl_weight and adversarial_weight by M.
struct MathieuPairsOptions {
  std::string preset = "none";
  NetworkOptions network;
  LikelihoodOptions likelihood{.of_pixels = Family::gaussian};
  int64_t latent_s = 64, latent_z = 512;
  bool shared_sigma = false;
  double reconstruction_weight = 1, partner_weight = 2;
  double kl_weight = 0.6, capacity_z = 0;
  double adversarial_weight = 10, prior_weight = 0, cycle_weight = 0;
  double reader_weight = 0, reader_rate = 1;
  int64_t reader_steps = 1;
  std::string swap_with = "any";
  double real_label = 0.95, discriminator_dropout = 0.5, discriminator_rate = 1;
  LabelOptions labels;
  std::string lonely_classes = "refuse";
  int64_t classifier_steps = 0, classifier_features = 256;

  Options describe();

 private:
  void describe_objective(Options& options);
  void describe_reader(Options& options);
  void describe_adversary(Options& options);
  void describe_labels(Options& options);
};

}  // namespace refract
