#include "refract/methods/lr_livae_options.h"

namespace refract {
namespace {

std::vector<Preset> lr_livae_presets() {
  return {
      {"samples",
       "better samples: z_s is Gaussian and cheap, and the class Gaussians do not overlap; z_u has few dimensions and "
       "tells next to nothing, so that all of an example is in z_s",
       {{"relevant_posterior", "gaussian"},
        {"likelihood_weight", "0.02"},
        {"joint_likelihood_weight", "0.02"},
        {"separation_weight", "1"},
        {"recovery_weight", "1"},
        {"latent_u", "16"},
        {"kl_weight", "0.16"},
        {"shared_sigma", "true"},
        {"code_adversary_reads", "mean"},
        {"code_adversary_steps", "5"},
        {"uniform_weight", "0.5"}}},
      {"separate",
       "codes that tell different things: z_u tells what is the same in all classes, and little of the label, which "
       "kernels measure in place of an adversary",
       {{"relevant_posterior", "gaussian"},
        {"likelihood_weight", "0.1"},
        {"joint_likelihood_weight", "0.1"},
        {"separation_weight", "1"},
        {"recovery_weight", "1"},
        {"recognition_weight", "0.5"},
        {"latent_u", "4"},
        {"kl_weight", "0.08"},
        {"shared_sigma", "true"},
        {"class_norm", "true"},
        {"independence_weight", "100"},
        {"uniform_weight", "0"}}}};
}

}  // namespace

Options LrLivaeOptions::describe() {
  Options options;
  options
      .add("preset", preset,
           "name of a set of values that were found to work well together; options given as well override "
           "them; none: the values of the paper")
      .of_presets(lr_livae_presets());
  shared.describe_into(options);
  shared.describe_likelihood(options);
  options.add("latent_s", latent_s, "dimensions of the label-relevant code z_s").range(1, 4096);
  options.add("latent_u", latent_u, "dimensions of the label-irrelevant code z_u").range(1, 4096);
  options.add("shared_sigma", shared_sigma,
              "learn one variance for each dimension of z_u, the same for all examples, so that the variances tell "
              "nothing of an example (the paper: false)");
  options.add("class_norm", class_norm,
              "normalise the means of z_u within each class, so that the codes of every class have the mean and the "
              "variances of the prior (the paper: false)");
  describe_objective(options);
  describe_relevant(options);
  describe_code_adversary(options);
  adversary.describe_weight(options);
  adversary.describe_into(options);
  return options;
}

void LrLivaeOptions::describe_objective(Options& options) {
  options.add("reconstruction_weight", reconstruction_weight, "weight of the reconstruction error (lambda_rec)")
      .range(0, 1e6);
  options
      .add("kl_weight", kl_weight,
           "weight of KL(q(z_u|x) || N(0, I)), averaged over the dimensions of z_u (lambda_kl; the paper: 1)")
      .range(0, 1e6);
  options
      .add("likelihood_weight", likelihood_weight,
           "weight of the likelihood regularisation -log N(z_s; mu_y, Sigma_y) in the Gaussian-mixture loss, which "
           "trains Encoder_s and the class Gaussians (lambda_lkd of Eq. 9)")
      .range(0, 1e6);
  options
      .add("joint_likelihood_weight", joint_likelihood_weight,
           "weight of the likelihood regularisation in the joint update, where it trains Encoder_s alone (Algorithm 1: "
           "lambda_lkd; the authors' code: 1 in effect)")
      .range(0, 1e6);
  options
      .add("uniform_weight", uniform_weight,
           "weight of the cross-entropy between equal probabilities and what the adversarial classifier predicts from "
           "z_u (Eq. 5); 0: only the prior keeps labels out of z_u")
      .range(0, 1e6);
  options
      .add(
          "n_gm", n_gm,
          "updates of Encoder_s and of the class Gaussians on the Gaussian-mixture loss before each joint update, each "
          "on a batch of its own (Algorithm 1; the authors' code: 3)")
      .range(1, 100);
  options
      .add("sigma_rate", sigma_rate,
           "learning rate of the log-variances of the class Gaussians, as a multiple of learning_rate (the paper: 1; "
           "the authors' code lowers it during training)")
      .range(1e-4, 1e3);
}

void LrLivaeOptions::describe_relevant(Options& options) {
  options
      .add("relevant_posterior", relevant_posterior,
           "q(z_s|x): a point (the paper) or a gaussian, whose KL divergence from the Gaussian of its class then takes "
           "the place of the likelihood regularisation: it counts the entropy, so that codes fill the Gaussians")
      .one_of({"point", "gaussian"});
  options
      .add("classification_reads", classification_reads,
           "what the classification loss (Eq. 8) reads of a gaussian z_s: a sample, so that noise must not change the "
           "class, or the mean; of a point both are the same")
      .one_of({"sample", "mean"});
  options
      .add("separation_weight", separation_weight,
           "weight of the cross-entropy between the class that a z_s is drawn for and what its likelihood in all class "
           "Gaussians says; it trains these alone, so that they do not overlap; 0: none (the paper)")
      .range(0, 1e6);
  options
      .add("recovery_weight", recovery_weight,
           "weight of the distance between a drawn z_s and the one that Encoder_s reads from the example made of it; "
           "it trains the generator alone; 0: none (the paper)")
      .range(0, 1e6);
  options
      .add("recognition_weight", recognition_weight,
           "weight of the cross-entropy between the class that an example is drawn for and the one that Encoder_s and "
           "the class Gaussians read from it; it trains the generator alone; 0: none (the paper)")
      .range(0, 1e6);
}

void LrLivaeOptions::describe_code_adversary(Options& options) {
  options
      .add("code_adversary_reads", code_adversary_reads,
           "what the adversarial classifier reads of z_u: a sample (the paper), the mean in units of its deviations "
           "over the batch, or the whole posterior, its means and log-variances")
      .one_of({"sample", "mean", "posterior"});
  options.add("code_adversary_layers", code_adversary_layers, "hidden layers of the adversarial classifier on z_u")
      .range(0, 20);
  options.add("code_adversary_features", code_adversary_features, "features of each hidden layer").range(1, 65536);
  options.add("code_adversary_steps", code_adversary_steps, "updates of the adversarial classifier in a step")
      .range(1, 100);
  options
      .add("independence_weight", independence_weight,
           "weight of the dependence of the mean of z_u on the label, measured by kernels (HSIC), which no adversary "
           "has to learn; 0: none (the paper)")
      .range(0, 1e6);
  describe_rate(options, "code_adversary_rate", code_adversary_rate, "the adversarial classifier on z_u");
  options
      .add(
          "probe_restart", probe_restart,
          "steps after which a new adversarial classifier on z_u replaces the old one, from which z_u may have learned "
          "to hide the labels; 0: never (the paper)")
      .range(0, 1e9);
}

}  // namespace refract
