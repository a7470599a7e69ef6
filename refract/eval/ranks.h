// Ranks, for correlations and curves that do not depend on scale.
#pragma once

#include "refract/core/tensor.h"

namespace refract {

// Of each value of `values` [N] among all, from 1; equal values share the mean of theirs: [N] float64.
Tensor ranks(const Tensor& values);

// Of each column of `values` [N, D] float64; all of a constant column are equal: [N, D] float64.
Tensor column_ranks(const Tensor& values);

// The area under the ROC curve of `scores` [N] that should be high where `positive` [N]: the chance that a positive row
// scores higher than another (Mann and Whitney 1947). NaN where all rows are of one kind.
double area_under_roc(const Tensor& scores, const Tensor& positive);

// Spearman's correlation of each column of `a` [N, D] with each of `b` [N, E]: [D, E] float64; 0 for constant columns.
Tensor rank_correlation(const Tensor& a, const Tensor& b);

}  // namespace refract
