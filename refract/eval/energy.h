// How far two samples are from one distribution.
#pragma once

#include "refract/core/tensor.h"

namespace refract {

// 2 E|x - y| - E|x - x'| - E|y - y'| of x [N, D] and y [M, D]: 0 for one distribution, positive for two (Szekely and
// Rizzo 2013, who write D^2). The estimate is unbiased: no pair is of an
// example with itself, so that it may fall a little below 0. NaN where a sample has fewer than two.
double energy_distance(const Tensor& x, const Tensor& y);

}  // namespace refract
