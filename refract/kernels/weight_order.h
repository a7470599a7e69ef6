// Weights of 3x3 convolutions, [out, in, 3, 3], in the orders that the kernels read, and gradients back from them.
#pragma once

#include "refract/core/tensor.h"

namespace refract {

// Nearest-neighbour up-sampling by 2 and then a 3x3 convolution is one 2x2 convolution of the small image for each of
// the 4 entries of a corner (see pixel_rows.h): [4 out, in, 2, 2], entry by entry.
Tensor corner_weight(const Tensor& weight);
Tensor corner_weight_gradient(const Tensor& gradient);

// For ThinConvolution: from [thin, channels, 3, 3] to [channels / 16, 3, 3, thin, 16].
Tensor thin_weight(const Tensor& weight);
Tensor thin_weight_gradient(const Tensor& gradient, int64_t channels, int64_t thin);

}  // namespace refract
