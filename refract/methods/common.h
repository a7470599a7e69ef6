// What the VAE family shares: the options of networks.
#pragma once

#include <string>
#include <vector>

#include "refract/core/options.h"
#include "refract/methods/likelihood.h"
#include "refract/nn/networks.h"
#include "refract/optim/player.h"

namespace refract {

// Options of every method here. Defaults come from Ruiz et al. 2019, A.4, except where experiments/README.md says why
// not.
struct NetworkOptions {
  std::string architecture_style = "pooled";
  std::vector<int64_t> widths = {16, 32, 64, 128};
  std::vector<int64_t> generator_widths = {};
  int64_t hidden = 256;
  std::vector<int64_t> dense_widths = {256, 256};
  std::string generator_output = "linear";
  double learning_rate = 1e-4;
  double beta1 = 0.5;
  double beta2 = 0.99;

  void describe_into(Options& options);
  [[nodiscard]] Architecture architecture() const;
  [[nodiscard]] Adam adam(double rate_factor = 1.0) const;
};

// Adds the option `name`, the learning rate of `whom` as a multiple of learning_rate, for NetworkOptions::adam.
void describe_rate(Options& options, const std::string& name, double& rate, const std::string& whom);

}  // namespace refract
