// Whether codes, all together, follow their prior: in every direction, not only in mean and variance.
#pragma once

#include "refract/core/tensor.h"

namespace refract {

// `count` random directions in D dimensions, [D, count], columns of length 1, from LibTorch's default generator.
Tensor random_directions(int64_t dimensions, int64_t count, const at::TensorOptions& options);

// The squared Wasserstein distance between codes [N, D], seen along each direction [D, P], and a standard normal, mean
// over the directions, 0-dim (Kolouri et al. 2018, with quantiles in place of draws from the prior): the mean squared
// difference of the n-th smallest code and the quantile (n - 1/2) / N.
Tensor sliced_distance_to_normal(const Tensor& codes, const Tensor& directions);

}  // namespace refract
