// The total correlation of codes, KL(q(z) || prod_d q(z_d)), where q(z) is the aggregate posterior of a whole data set,
// estimated from one batch of it (Chen et al. 2018, Sec. 4.1 and Appendix C).
#pragma once

#include "refract/nn/distributions.h"

namespace refract {

// How the batch stands for the data set. Weighted (MWS): every image alike; the estimate is too high by a constant,
// (D - 1) log N for a batch of all N images, which no gradient sees. Stratified (MSS): each sample's own image counts
// once in the data set, the others for all the rest; unbiased inside the logarithm.
enum class BatchSampling { weighted, stratified };

// In nats, 0-dim. `sample` holds one draw from each posterior, [M, D] with M >= 2 if stratified; the batch was drawn
// from `population` images, at least M.
Tensor total_correlation(const Gaussian& posterior, const Tensor& sample, int64_t population, BatchSampling sampling);

}  // namespace refract
