// What the VAE family shares: options, and the reduction of a likelihood to a loss.
#pragma once

#include "refract/core/options.h"
#include "refract/nn/networks.h"
#include "refract/optim/player.h"

namespace refract {

// Options of every method here. Defaults come from Ruiz et al. 2019, A.4, except where experiments/README.md says why
// not.
struct NetworkOptions {
  std::vector<int64_t> widths = {16, 32, 64, 128};
  bool tanh_output = false;
  double learning_rate = 1e-4;
  double beta1 = 0.5;
  double beta2 = 0.99;

  void describe_into(Options& options);
  [[nodiscard]] Adam adam(double rate_factor = 1.0) const;
};

// The negative Laplace log-likelihood, without its constant: |x - mean| / scale, summed or averaged over channels and
// pixels.
struct LikelihoodOptions {
  std::string reduction = "sum";
  double laplace_scale = 1.0;

  void describe_into(Options& options);
  [[nodiscard]] Tensor negative_log_likelihood(const Tensor& x,
                                               const Tensor& mean) const;  // 0-dim: mean over the batch
};

}  // namespace refract
