// What the VAE family shares: options, and the reduction of a likelihood to a loss.
#pragma once

#include "refract/core/options.h"
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
  std::string generator_output = "linear";
  double learning_rate = 1e-4;
  double beta1 = 0.5;
  double beta2 = 0.99;

  void describe_into(Options& options);
  [[nodiscard]] Architecture architecture() const;
  [[nodiscard]] Adam adam(double rate_factor = 1.0) const;
};

// How images are compared with what the generator makes, summed or averaged over channels and pixels.
// laplace: the negative log-likelihood without its constant, |x - mean| / scale. With a pyramid the L1 error is the
// mean of that of the image and of its next `pyramid` halvings, each in the units of the full image (an all-black image
// errs alike at all levels): where a thin line lies is then learned from afar. Halving ends at an odd size. bernoulli:
// the binary cross-entropy of (x + 1) / 2, where the generator gives logits. The scale divides it, too.
struct LikelihoodOptions {
  std::string likelihood = "laplace";
  std::string reduction = "sum";
  double laplace_scale = 1.0;
  int64_t pyramid = 0;

  void describe_into(Options& options);
  [[nodiscard]] Tensor negative_log_likelihood(const Tensor& x,
                                               const Tensor& made) const;  // 0-dim: mean over the batch

  // How the generator ends. Throws BadInput where options contradict each other.
  [[nodiscard]] Output output(const NetworkOptions& network) const;

  // What the generator made, as images: the distribution's mean. Not clamped.
  [[nodiscard]] Tensor images(const Tensor& made) const;

 private:
  [[nodiscard]] Tensor error(const Tensor& x, const Tensor& made) const;  // [N]
  [[nodiscard]] Tensor pyramid_error(Tensor x, Tensor mean) const;        // [N]
};

}  // namespace refract
