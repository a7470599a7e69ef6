// Categorical distributions: N of them over L classes each, as logarithms of probabilities, [N, L].
#pragma once

#include <ATen/core/Generator.h>

#include "refract/core/tensor.h"

namespace refract {

// Nearly one-hot samples that gradients pass through, [N, L] (Gumbel-softmax: Jang et al. 2017, Maddison et al. 2017),
// from LibTorch's default generator. The lower the temperature, the nearer to one-hot.
Tensor gumbel_softmax(const Tensor& log_probabilities, double temperature);

// A class drawn from each distribution, as a one-hot row: [N, L].
Tensor drawn_class(const Tensor& log_probabilities, const at::Generator& generator);

// The likeliest class as a one-hot row, [N, L].
Tensor one_hot_mode(const Tensor& log_probabilities);

// In nats, [N].
Tensor entropy(const Tensor& log_probabilities);

// KL(q(c) || prior) in nats, 0-dim, where q(c) is the mean of the N distributions and `prior`, [L], has no zero
// (Hajimiri et al. 2021, Eq. 4).
Tensor aggregate_kl(const Tensor& log_probabilities, const Tensor& prior);

}  // namespace refract
