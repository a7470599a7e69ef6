// The total correlation of codes, KL(q(z) || prod_d q(z_d)), where q(z) is the aggregate posterior of a whole data set,
// estimated from one batch of it (Chen et al. 2018, Sec. 4.1 and Appendix C), and its parts where dimensions stand in
// groups.
#pragma once

#include <vector>

#include "refract/nn/distributions.h"

namespace refract {

// How the batch stands for the data set. Weighted (MWS): every image alike; the estimate is too high by a constant,
// (D - 1) log N for a batch of all N images, which no gradient sees. Stratified (MSS): each sample's own image counts
// once in the data set, the others for all the rest; unbiased inside the logarithm. Shared: so, too, and the others
// share the rest alike (the authors' code of Esmaeili et al. 2019, probtorch).
enum class BatchSampling { weighted, stratified, shared };

// In nats, 0-dim. `sample` holds one draw from each posterior, [M, D] with M >= 2 unless weighted; the batch was drawn
// from `population` images, at least M.
Tensor total_correlation(const Gaussian& posterior, const Tensor& sample, int64_t population, BatchSampling sampling);

// KL(q(z | x) || prod_d q(z_d)) in three parts, each in nats and 0-dim: the mutual information of images and codes, the
// total correlation between groups of dimensions, KL(q(z) || prod_g q(z_g)), and that within them, summed over groups.
struct Dependence {
  Tensor information, between, within;
};

// `groups` are the sizes of runs of dimensions, in order; they add up to D.
Dependence dependence(const Gaussian& posterior, const Tensor& sample, int64_t population, BatchSampling sampling,
                      const std::vector<int64_t>& groups);

}  // namespace refract
