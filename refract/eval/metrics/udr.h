// The unsupervised disentanglement ranking (Duan et al. 2020): models that agree on their dimensions, up to order, sign
// and scale, are likely to have found the factors.
#pragma once

#include <vector>

#include "refract/eval/metric.h"
#include "refract/eval/representation.h"

namespace refract {

// How well each dimension of one of two codes of the same images has one counterpart in the other: [N, D] and [N, E] ->
// 0 to 1 (Eq. 3 there, with Spearman's correlation). Dimensions that say nothing of the image are left out: those where
// half the variance of the means, which a divergence from a standard normal prior cannot be below, is at most 0.01.
double agreement(const Tensor& a, const Tensor& b);

// A row for each of at least two models, a column for its agreement with each other one, and the median of these, its
// score. The representations are of the same images; their factors are not looked at. Throws BadInput for fewer than
// two models.
MetricTable udr(const std::vector<Representation>& models);

}  // namespace refract
