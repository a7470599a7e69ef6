// Convolutions of 4x4 with stride 2, and their transposes, as products of patches: for images of few channels (gray or
// colour), too thin for products at points.
#pragma once

#include "refract/kernels/slice_convolution.h"

namespace refract {

// Null unless the coarser of x and y has a multiple of 16 channels.
std::unique_ptr<const SliceConvolution> patch_convolution(const ConvolutionShape& shape);

}  // namespace refract
