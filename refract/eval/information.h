// Entropy and mutual information of classes and of codes in bins, by counting. In nats.
#pragma once

#include "refract/core/tensor.h"

namespace refract {

// Bins of equal width between the least and the greatest value of each column, as numpy.histogram has them: [N, D] real
// -> [N, D] int64. A constant column lies in bin 0. A value on an edge falls into the bin above it; so does one within
// 1e-5 of a bin below the edge, as rounding leaves it there when the same codes are scaled or shifted.
Tensor histogram_bins(const Tensor& values, int64_t bins = 20);

// Of each column of [N, K] int64 from 0: [K] float64.
Tensor entropies(const Tensor& classes);

// Of each column of `codes` [N, D] and each of `classes` [N, K], both int64 from 0: [D, K] float64. Exactly 0 where the
// counts are those of independent columns.
Tensor mutual_information(const Tensor& codes, const Tensor& classes);

// The same for real-valued codes in bins. Bins are counted upwards and downwards, and the two averaged: this matters
// only for values on edges, which else would make the sign of a code matter.
Tensor information_in_bins(const Tensor& codes, const Tensor& classes, int64_t bins = 20);

}  // namespace refract
