#include "refract/methods/parted_options.h"

namespace refract {

Options PartedVaeOptions::describe() {
  Options options;
  network.describe_into(options);
  likelihood.describe_into(options);
  options.add("classes", shape.classes, "classes of each discrete variable c").range(2, 4096);
  options
      .add("class_shares", class_shares,
           "p(c) as whole numbers in proportion, for the classes of all variables in order; empty: equal shares")
      .range(1, 1e9);
  options.add("latent_u", shape.latent_u, "dimensions of the class-related factors u of each discrete variable")
      .range(1, 4096);
  options.add("latent_z", shape.latent_z, "dimensions of the class-independent factors z").range(1, 4096);
  describe_objective(options);
  describe_labels(options);
  return options;
}

void PartedVaeOptions::describe_objective(Options& options) {
  options.add("gamma_c", gamma_c, "weight of KL(q(c) || p(c)) (Eq. 6)").range(0, 1e6);
  options.add("gamma_h", gamma_h, "weight of the entropy of q(c|x) (Eq. 6)").range(0, 1e6);
  options.add("gamma_u", gamma_u, "weight of |KL of u - its capacity| (Eq. 6)").range(0, 1e6);
  options.add("gamma_z", gamma_z, "weight of |KL of z - its capacity| (Eq. 6)").range(0, 1e6);
  options.add("gamma_bc", gamma_bc, "weight of the overlap of the class priors (Eq. 6); 0: no penalty").range(0, 1e6);
  options.add("capacity_u", capacity_u, "largest capacity of u").range(0, 1e6).in("nats");
  options.add("capacity_z", capacity_z, "largest capacity of z").range(0, 1e6).in("nats");
  options
      .add("capacity_growth", capacity_growth,
           "fraction of the steps during which the capacities grow from 0 (Table 6: 300,000 of some 345,600)")
      .range(1e-6, 1);
  options
      .add("capacity_u_growth", capacity_u_growth,
           "fraction of the steps during which the capacity of u grows; 0: the same as capacity_growth (the paper)")
      .range(0, 1);
  options
      .add("overlap_tolerance", overlap_tolerance,
           "Bhattacharyya coefficient below which overlap has no penalty (delta of Eq. 6)")
      .range(0, 1);
  options
      .add("prior_rate", prior_rate,
           "learning rate of the class priors, as a multiple of learning_rate (the paper: 1); short trainings need "
           "more for the priors to separate")
      .range(1e-3, 1e3);
  options.add("temperature", temperature, "temperature of the Gumbel-softmax samples of c").range(1e-3, 100);
  options.add("attention_slope", attention_slope, "final slope of the sigmoid of the attention").range(1, 1000);
  options
      .add("attention_growth", attention_growth,
           "fraction of the steps during which attention_slope grows from 1 to its final value (the authors' code: "
           "35,000 of some 345,600)")
      .range(1e-6, 1);
}

void PartedVaeOptions::describe_labels(Options& options) {
  options.add("labelled", labelled, "number of labelled images for the semi-supervised step (Eq. 7); 0: unsupervised")
      .range(0, 1e9);
  options
      .add("labelled_draw", labelled_draw,
           "how the labelled images are chosen: balanced (equally many of each class of the first variable) or random")
      .one_of({"balanced", "random"});
  options.add(
      "labels_only", labels_only,
      "train a classifier from the labels alone, without the unlabelled objective of Eq. 6 (the baseline of Sec. 5.1)");
}

}  // namespace refract
