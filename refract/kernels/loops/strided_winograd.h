// 4x4 convolutions with stride 2, and their transposes, by Winograd's F(4x4, 2x2) on four phases: 25 of each 64
// multiplications of the plain sum (see strided_transforms.h). The results differ from the plain sum by rounding, by up
// to about 1e-6 of the largest value.
//
//   fine image   [images, 2 height, 2 width, fine]      a tile is 8x8 pixels, with four phases of 5x5 pixels
//   |
//   V            [25 points, tiles, 4 phases * fine]    phase = 2 * (tap row odd) + (tap column odd)
//
//   coarse image [images, height, width, coarse]        a tile is 4x4 pixels
//   |
//   M            [25 points, tiles, coarse]
//
//   pass         product at each point p                             U[p], packed (winograd_weights.h)
//   to coarse    M[p] = V[p] U[p]                                    [coarse / panel, 4 * fine, panel]
//   to fine      V[p] = M[p] U[p], tiles of V add up in the image    [4 * fine / panel, coarse, panel]
//   gradient     U'[p] = V[p]^T M[p], summed over tiles              not packed: [4 * fine, coarse]
//
// In the gradient M is the coarse image's transform. For one phase of the gradient V is [25, tiles, fine].
//
// The strided convolution goes to coarse, its gradient of x to fine. The transposed convolution does the opposite.
#pragma once

#include "refract/kernels/slice_convolution.h"

namespace refract {

// Null unless both numbers of channels are multiples of 16.
std::unique_ptr<const SliceConvolution> strided_winograd(const ConvolutionShape& shape);

}  // namespace refract
