// Distributions that posteriors, priors and likelihoods are made of. Functions return one number a sample, [N], unless
// they say otherwise.
#pragma once

#include "refract/core/tensor.h"

namespace refract {

// A Gaussian with diagonal covariance for each of N samples: mean and log_variance are [N, D].
struct Gaussian {
  Tensor mean;
  Tensor log_variance;

  // mean + sigma * noise, noise from LibTorch's default generator: the re-parametrisation trick (Rezende et al. 2014).
  [[nodiscard]] Tensor sample() const;

  // KL from N(0, I), or from `prior`, of each dimension alone: [N, D]. Their sums over dimensions are the two below.
  [[nodiscard]] Tensor kl_of_dimensions() const;
  [[nodiscard]] Tensor kl_of_dimensions(const Gaussian& prior) const;

  // KL(q || N(0, I)) in nats, in closed form (Kingma and Welling 2014, Appendix B).
  [[nodiscard]] Tensor kl_to_standard() const;

  // KL(q || prior) in nats, in closed form; the prior's rows broadcast.
  [[nodiscard]] Tensor kl_to(const Gaussian& prior) const;

  // log N(value; mean, variance) in nats, its constant included.
  [[nodiscard]] Tensor log_prob(const Tensor& value) const;

  [[nodiscard]] Gaussian rows(int64_t from, int64_t to) const;
};

// Of a network's last layer, [N, 2 D]: means, then log-variances, which a tanh holds within +-8 so that they cannot
// overflow.
Gaussian bounded_gaussian(const Tensor& raw);

// How much two Gaussians overlap, in [0, 1]: 1 where they are the same (Hajimiri et al. 2021, A.1).
Tensor bhattacharyya_coefficient(const Gaussian& a, const Gaussian& b);

// Sum over pixels of |x - mean|; a Laplace likelihood's negative logarithm times its scale, without the constant. Both
// [N, C, H, W].
Tensor absolute_error(const Tensor& x, const Tensor& mean);

}  // namespace refract
