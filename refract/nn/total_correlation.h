// The total correlation of codes, KL(q(z) || prod_d q(z_d)), where q(z) is the aggregate posterior of a whole data set,
// estimated from one batch of it (Chen et al. 2018, Sec. 4.1 and Appendix C), and its parts where dimensions stand in
// groups.
#pragma once

#include <vector>

#include "refract/nn/distributions.h"

namespace refract {

// How the batch stands for the data set. Weighted (MWS): every image alike, as if the batch of M were the whole set, so
// that codes tell at most log M of it. Chen et al. divide each density by the N images of the set besides, which no
// gradient sees: here that constant, (D - 1) log N in a total correlation, is taken off, so that all three estimate the
// same. Stratified (MSS): each sample's own image counts once in the data set, the others for all the rest; unbiased
// inside the logarithm. Shared: so, too, and the others share the rest alike (the authors' code of Esmaeili et al.
// 2019, probtorch).
enum class BatchSampling { weighted, stratified, shared };

// KL(q(z | x) || prod_d q(z_d)) in three parts, each in nats and 0-dim: the mutual information of images and codes, the
// total correlation between groups of dimensions, KL(q(z) || prod_g q(z_g)), and that within them, summed over groups.
// With KL(prod_d q(z_d) || p(z)), the dimensions' own, they add up to the divergence of the posteriors from the prior.
struct Dependence {
  Tensor information, between, within;
};

// `sample` holds one draw from each posterior, [M, D] with M >= 2 unless weighted; the batch was drawn from
// `population` images, at least M. `groups` are the sizes of runs of dimensions, in order; they add up to D. Within {D}
// lies all of the total correlation.
Dependence dependence(const Gaussian& posterior, const Tensor& sample, int64_t population, BatchSampling sampling,
                      const std::vector<int64_t>& groups);

}  // namespace refract
