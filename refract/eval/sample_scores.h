// Scores of generated examples beside real ones, from what a classifier says of both.
#pragma once

#include <cstdint>

#include "refract/core/tensor.h"

namespace refract {

// exp of the mean KL(p(y|x) || p(y)), where p(y) is the mean of all p(y|x) (Salimans et al. 2016): from 1 to the number
// of classes. `probabilities` are [N, classes]. No splits. Throws BadInput for other shapes.
double inception_score(const Tensor& probabilities);

// The Frechet distance of the Gaussians with the means and covariances (by N - 1) of features [N, F] and [M, F] (Heusel
// et al. 2017): |m1 - m2|^2 + tr(S1 + S2 - 2 (S1^1/2 S2 S1^1/2)^1/2), in float64, at least 0. It is biased upwards for
// few examples: compare scores of the same N and M. Throws BadInput for fewer than 2 of either, and for other shapes.
double frechet_distance(const Tensor& a, const Tensor& b);

// Kynkaanniemi et al. 2019: a set covers what is no further from one of its examples than that one's k-th nearest
// neighbour in the set (Euclidean distances, float64).
struct PrecisionRecall {
  double precision = 0;  // the share of generated examples that the real ones cover
  double recall = 0;     // the share of real ones that the generated ones cover
};

// Of features [N, F] and [M, F]. Throws BadInput for sets of k examples or fewer.
PrecisionRecall precision_recall(const Tensor& real, const Tensor& generated, int64_t k = 3);

}  // namespace refract
