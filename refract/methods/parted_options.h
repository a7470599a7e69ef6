// The options of PartedVAE.
#pragma once

#include <string>
#include <vector>

#include "refract/methods/common.h"
#include "refract/methods/parted_model.h"

namespace refract {

// Defaults are those for dSprites (Table 6 and the authors' code).
struct PartedVaeOptions {
  NetworkOptions network{
      .architecture_style = "strided", .widths = {32, 32, 64, 64}, .learning_rate = 5e-4, .beta1 = 0.9, .beta2 = 0.999};
  LikelihoodOptions likelihood{.of_pixels = Family::bernoulli};
  PartedShape shape{{3}};
  std::vector<int64_t> class_shares;
  double gamma_c = 100, gamma_h = 10, gamma_u = 50, gamma_z = 50, gamma_bc = 10;
  double capacity_u = 5, capacity_z = 30, capacity_growth = 0.87, capacity_u_growth = 0;
  double overlap_tolerance = 0.1, prior_rate = 1;
  double temperature = 0.67;
  double attention_slope = 8, attention_growth = 0.1;
  int64_t labelled = 0;
  std::string labelled_draw = "balanced";
  bool labels_only = false;

  Options describe();

 private:
  void describe_objective(Options& options);
  void describe_labels(Options& options);
};

}  // namespace refract
