// Entropy and mutual information of classes and of codes in bins, by counting. In nats.
#pragma once

#include "refract/core/tensor.h"

namespace refract {

// Bins of equal width between the least and the greatest value of each column, as numpy.histogram has them: [N, D] real
// -> [N, D] int64. A constant column lies in bin 0.
Tensor histogram_bins(const Tensor& values, int64_t bins = 20);

// Of each column of [N, K] int64 from 0: [K] float64.
Tensor entropies(const Tensor& classes);

// Of each column of `codes` [N, D] and each of `classes` [N, K], both int64 from 0: [D, K] float64.
Tensor mutual_information(const Tensor& codes, const Tensor& classes);

}  // namespace refract
