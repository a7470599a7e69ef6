// Convolutions with a quarter of the multiplications of the plain sum, a sixth where x is up-sampled (Lavin and Gray
// 2016; see winograd_points.h). Results differ from the plain sum's by rounding, up to about 1e-5 of the largest.
#pragma once

#include "refract/kernels/slice_convolution.h"

namespace refract {

// Of 3x3 filters. Null unless both numbers of channels are multiples of 16.
std::unique_ptr<const SliceConvolution> winograd_convolution(const ConvolutionShape& shape);

}  // namespace refract
