// Convolutions between images of few channels (gray or colour) and features: too thin for products at points.
#pragma once

#include "refract/kernels/slice_convolution.h"

namespace refract {

// Of 3x3 filters. Null unless one number of channels is at most 4 and the other a multiple of 16, and if x is
// up-sampled.
std::unique_ptr<const SliceConvolution> thin_convolution(const ConvolutionShape& shape);

}  // namespace refract
