// The options of Lr-LiVAE (Zheng and Sun 2019).
#pragma once

#include "refract/methods/labelled_options.h"

namespace refract {

// Weights are those of Sec. 4.2 in the units of LabelledOptions. The likelihood regularisation is a sum over the
// dimensions of z_s there and here. The update of Encoder_s (Algorithm 1, line 24) leaves out the weight of the
// reconstruction error that the text gives; here it counts as for the others. The paper does not give n_gm; the
// authors' code has 3. Dimensions are those of their code for CIFAR-10 (MNIST: 32 and 100, faces: 512 and 512).
struct LrLivaeOptions {
  std::string preset = "none";
  LabelledOptions shared;
  PixelAdversaryOptions adversary;
  int64_t latent_s = 100, latent_u = 200;
  double reconstruction_weight = 10, kl_weight = 1;
  double likelihood_weight = 0.1, joint_likelihood_weight = 0.1, uniform_weight = 1;
  int64_t n_gm = 3;
  double sigma_rate = 1;
  bool shared_sigma = false, class_norm = false;
  std::string relevant_posterior = "point", classification_reads = "sample";
  double separation_weight = 0, recovery_weight = 0, recognition_weight = 0, independence_weight = 0;
  std::string code_adversary_reads = "sample";
  int64_t code_adversary_layers = 1, code_adversary_features = 256, code_adversary_steps = 1, probe_restart = 0;
  double code_adversary_rate = 1;

  Options describe();

 private:
  void describe_objective(Options& options);
  void describe_relevant(Options& options);
  void describe_code_adversary(Options& options);
};

}  // namespace refract
