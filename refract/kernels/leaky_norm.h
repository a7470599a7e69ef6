// LeakyReLU followed by pixel normalisation, in one pass over memory forward and one backward.
#pragma once

#include "refract/core/tensor.h"

namespace refract {

// y[c] = a[c] / sqrt(mean over c of a^2 + 1e-8) with a = LeakyReLU(x, slope), each pixel by itself (Karras et al. 2018,
// Sec. 4.2). x is [N, C, H, W] or [N, C], float; differentiable once. On the CPU in channels-last order it is a fused
// loop; everywhere else, and for other types, it is `leaky_norm_reference`.
Tensor leaky_norm(const Tensor& x, double slope);

// The same in plain ATen operations: the path for other devices and the yardstick in tests.
Tensor leaky_norm_reference(const Tensor& x, double slope);

}  // namespace refract
