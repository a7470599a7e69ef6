// Convolutions of 4x4 with stride 2, and their transposes, between images of few channels (gray or colour) and
// features.
#pragma once

#include "refract/kernels/slice_convolution.h"

namespace refract {

// Null unless the finer of x and y has at most 4 channels and the coarser a multiple of 16.
std::unique_ptr<const SliceConvolution> patch_convolution(const ConvolutionShape& shape);

}  // namespace refract
