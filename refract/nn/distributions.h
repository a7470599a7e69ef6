// Distributions that posteriors, priors and likelihoods are made of. Functions return one number a sample, [N], unless
// they say otherwise.
#pragma once

#include <ATen/core/Generator.h>

#include "refract/core/tensor.h"

namespace refract {

// A Gaussian with diagonal covariance for each of N samples: mean and log_variance are [N, D]. Without a log_variance
// it is a point, which can be sampled and has no density.
struct Gaussian {
  Tensor mean;
  Tensor log_variance;

  [[nodiscard]] bool is_point() const { return !log_variance.defined(); }

  // mean + sigma * noise: the re-parametrisation trick (Rezende et al. 2014). The noise is from the generator, or from
  // LibTorch's default one on the device of the mean.
  [[nodiscard]] Tensor sample() const;
  [[nodiscard]] Tensor sample(const at::Generator& generator) const;

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

  // Of one Gaussian [1, D]: `count` of it, [count, D].
  [[nodiscard]] Gaussian repeated(int64_t count) const;

  // Of one Gaussian a class, [classes, D]: those of one-hot rows [N, classes], or nearly one-hot ones; [N, D].
  [[nodiscard]] Gaussian mixed(const Tensor& classes) const;
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
