// Convolutions of 4x4 with stride 2, and their transposes, with 25 of each 64 multiplications of the plain sum (see
// strided_points.h). Results differ from the plain sum's by rounding, up to about 1e-6 of the largest.
#pragma once

#include "refract/kernels/slice_convolution.h"

namespace refract {

// Null unless both numbers of channels are multiples of 16.
std::unique_ptr<const SliceConvolution> strided_winograd(const ConvolutionShape& shape);

}  // namespace refract
