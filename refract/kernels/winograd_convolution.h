// 3x3 convolutions by Winograd's F(4x4, 3x3): a quarter of the multiplications of the plain sum, a sixth if x is
// up-sampled (Lavin and Gray 2016; see winograd_transforms.h). The results differ from the plain sum by rounding, by up
// to about 1e-5 of the largest value.
//
//   x   [images, height, width, in]     channels are the innermost axis
//   |   input transform (winograd_tiles.h): 6x6 windows, 4 pixels apart
//   V   [36 points, tiles, in]          one block of tiles, in scratch memory
//   |   36 matrix products V[p] U[p]    with the packed weights U, [36 points, out / panel, in, panel]
//   M   [36 points, tiles, out]
//   |   output transform, + bias
//   y   [images, height, width, out]    4x4 tiles
//
// winograd_loops.h has the shapes of the other passes, winograd_weights.h those of U.
#pragma once

#include "refract/kernels/slice_convolution.h"

namespace refract {

// Null unless both numbers of channels are multiples of 16. The filter must be `same` or `up_sampled`.
std::unique_ptr<const SliceConvolution> winograd_convolution(const ConvolutionShape& shape);

}  // namespace refract
