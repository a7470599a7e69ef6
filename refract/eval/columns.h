// Columns of numbers: what in them is more than rounding. Metrics ask here rather than compare with 0, so that codes
// may have any offset and any scale.
#pragma once

#include "refract/core/tensor.h"

namespace refract {

// Sums of float64 numbers may be wrong by this, as a part of the greatest of them.
constexpr double kRounding = 1e-13;

// The same of numbers that come from float32, which carries about 1e-7.
constexpr double kFloatRounding = 1e-6;

// Whether each column of `values` [N, D] float64 is constant: its numbers lie no further apart than rounding: [D] bool.
Tensor constant_columns(const Tensor& values);

// How far numbers of this type may be from what they stand for, as a part of the greatest of them: kRounding in
// float64, kFloatRounding in other real types. A wider bound would take codes with an offset for constant.
double rounding_of(const Tensor& values);

// Shifts and scales columns as those of `x` [N, D], N >= 1, need it to have mean 0 and variance 1. Columns of `x` that
// deviate by no more than `rounding`, as a part of their greatest value, become 0. Numbers that lie further outside the
// range of their column in `x` than ten standard deviations are taken as lying there: a class probability may be near
// 1e-15 in all of `x` and near 1 elsewhere, and readers would make errors of 1e13 of it.
struct Standardizer {
  Tensor mean, factor;  // [D]; the factor is 0 for constant columns
  Tensor low, high;     // [D], in the units of x

  Standardizer(const Tensor& x, double rounding);
  [[nodiscard]] Tensor operator()(const Tensor& x) const { return (within(x) - mean) * factor; }
  [[nodiscard]] Tensor within(const Tensor& x) const;  // between low and high
};

}  // namespace refract
