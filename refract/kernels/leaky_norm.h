// LeakyReLU followed by pixel normalisation, in one pass over memory forward and one backward.
#pragma once

#include "refract/core/tensor.h"

namespace refract {

// y[c] = a[c] / sqrt(mean over c of a^2 + 1e-8) with a = LeakyReLU(x, slope), for each pixel separately (Karras et al.
// 2018, Sec. 4.2). x is [N, C, H, W] or [N, C]. It is differentiable once. For float on the CPU it is a fused loop over
// x in channels-last order (a copy if it is in another). On other devices and for other types it is
// `leaky_norm_reference`.
Tensor leaky_norm(const Tensor& x, double slope);

// The same in plain ATen operations. It serves other devices, and tests compare with it.
Tensor leaky_norm_reference(const Tensor& x, double slope);

}  // namespace refract
