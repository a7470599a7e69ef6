// Columns of numbers: what in them is more than rounding. Metrics ask here rather than compare with 0, so that codes
// may have any offset and any scale.
#pragma once

#include "refract/core/tensor.h"

namespace refract {

// Sums of float64 numbers may be wrong by this, as a part of the greatest of them.
constexpr double kRounding = 1e-13;

// Whether each column of `values` [N, D] float64 is constant: its numbers lie no further apart than rounding: [D] bool.
Tensor constant_columns(const Tensor& values);

}  // namespace refract
