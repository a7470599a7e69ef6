#include "refract/methods/mathieu_pairs_options.h"

namespace refract {
namespace {

// They were tried on MNIST alone (experiments/results/2026-11-30-mathieu-pairs.md).
std::vector<Preset> mathieu_pairs_presets() {
  return {{"low-leak",
           "keeps labels out of z by one variance for all examples, a reader, and reconstructions from the s of the "
           "partner alone; also give latent_z, because few dimensions (5 for digits) leak least",
           {{"shared_sigma", "true"},
            {"reconstruction_weight", "0"},
            {"partner_weight", "3"},
            {"kl_weight", "2"},
            {"reader_weight", "120"},
            {"reader_steps", "6"}}}};
}

}  // namespace

Options MathieuPairsOptions::describe() {
  Options options;
  options
      .add("preset", preset,
           "name of a set of values that were found to work well together; options given as well override "
           "them; none: the values of the paper")
      .of_presets(mathieu_pairs_presets());
  network.describe_into(options);
  likelihood.describe_into(options);
  options.add("latent_s", latent_s, "dimensions of the specified factors s").range(1, 4096);
  options.add("latent_z", latent_z, "dimensions of the unspecified factors z").range(1, 4096);
  options.add("shared_sigma", shared_sigma,
              "learn one variance for each dimension of z, the same for all examples, so that the variances tell "
              "nothing of an example (the paper: false)");
  describe_objective(options);
  describe_reader(options);
  describe_adversary(options);
  describe_labels(options);
  return options;
}

void MathieuPairsOptions::describe_objective(Options& options) {
  options
      .add("reconstruction_weight", reconstruction_weight,
           "weight of the reconstruction error of an example from its own s and z")
      .range(0, 1e6);
  options
      .add("partner_weight", partner_weight,
           "weight of the reconstruction error of an example from its own z and the s of its partner")
      .range(0, 1e6);
  options.add("kl_weight", kl_weight, "weight of KL(q(z|x) || p(z))").range(0, 1e6);
  options
      .add("capacity_z", capacity_z,
           "target of the KL divergence of z: the loss has |KL - capacity_z| in place of KL; 0: KL itself (the paper)")
      .range(0, 1e6)
      .in("nats");
  options
      .add(
          "cycle_weight", cycle_weight,
          "weight of the reverse cycle of Jha et al. 2018: the L1 distance between the z of two images made with one z "
          "and the s of two examples; it reaches the encoder alone; 0: none (Mathieu et al.)")
      .range(0, 1e6);
}

void MathieuPairsOptions::describe_reader(Options& options) {
  options
      .add("reader_weight", reader_weight,
           "weight of a reader, a classifier that predicts the labels from the mean of z; the encoder makes its "
           "predictions uniform (as Zheng and Sun 2019, Eq. 4 and 5); 0: none (the paper)")
      .range(0, 1e6);
  options.add("reader_steps", reader_steps, "updates of the reader in a step").range(1, 100);
  describe_rate(options, "reader_rate", reader_rate, "the reader");
}

void MathieuPairsOptions::describe_adversary(Options& options) {
  options
      .add("adversarial_weight", adversarial_weight,
           "weight of the adversarial loss of an example's z with the s of another one (lambda of Eq. 5); the authors: "
           "0.01 times the number of values of an example, on Yale B 1 times; 0, with prior_weight 0: no adversary")
      .range(0, 1e6);
  options
      .add("prior_weight", prior_weight,
           "weight of the adversarial loss of a z drawn from the prior with the s of an example (the authors: 0)")
      .range(0, 1e6);
  options
      .add("swap_with", swap_with,
           "whose s an example's z is paired with for the adversary: any (an example of any class, as in the authors' "
           "code) or different (pairs of one class do not count, as in Sec. 4.3)")
      .one_of({"any", "different"});
  options
      .add("real_label", real_label,
           "target of the discriminator for real examples, and of the model for what it makes; 1: no smoothing")
      .range(0.5, 1);
  options
      .add("discriminator_dropout", discriminator_dropout,
           "probability with which each feature is zeroed before the last layer of the discriminator")
      .range(0, 0.99);
  describe_rate(options, "discriminator_rate", discriminator_rate, "the discriminator");
}

void MathieuPairsOptions::describe_labels(Options& options) {
  labels.describe_into(options, "that the discriminator sees");
  options
      .add("lonely_classes", lonely_classes,
           "what to do about examples that are the only one of their class, and so have no partner: refuse the data or "
           "leave-out the examples")
      .one_of({"refuse", "leave-out"});
  options
      .add("classifier_steps", classifier_steps,
           "first steps, in which a classifier of the labels trains an encoder of s, which then stays as it is while "
           "another encoder learns z (supplementary material, \"Using a pre-trained embedding\"); 0: one encoder "
           "learns both from the start")
      .range(0, 1e9);
  options.add("classifier_features", classifier_features, "features of the hidden layer of that classifier")
      .range(1, 65536);
}

}  // namespace refract
