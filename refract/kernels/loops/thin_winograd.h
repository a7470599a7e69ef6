// A 3x3 convolution of an image of three channels by Winograd's F(4x4, 3x3), fused tile by tile. With three products at
// a point, M stays in registers and in the L1 cache until the output transform, unlike that of winograd_loops.h.
//
//   padded [height + 2, width + 2, 3]        channels are the innermost axis
//   |   input transform (thin_tiles.h)
//   V      [36 points, 3 channels + 1 float of padding]    of one tile
//   |   M[p][k] = sum over c of V[p][c] U[p][c][k]         U [36, 3, out]; `Lanes` channels k at a time
//   M      [36 points, Lanes]                              a column of 6 points at a time in registers
//   |   output transform along columns: [4, 6, Lanes]
//   |   output transform along rows, + bias
//   y      [height, width, out]                            a 4x4 tile, `Lanes` channels
//
// With AVX-512 two neighbouring tiles share each load of U. The weight gradient transforms 4x4 tiles of gy to the
// points, W [36, Lanes], for up to 8 tiles at once, and adds V[p][c] W[p][k] of each tile to the gradient of
// U[p][c][k].
#pragma once

#include <cstdint>

#include "refract/core/tensor.h"

namespace refract::winograd {

// Height and width are multiples of 4, in_channels is 3, out_channels a multiple of 16.
struct ThinShape {
  int64_t in_channels, out_channels, height, width;
};

// Whether `image` has such a shape. For one channel the plain sum takes fewer operations.
bool thin_winograd_supports(const ThinShape& image);

// The filter transform, from [3, 3, in, out] to U, [36, in, out], and its transpose, for gradients, from [36, in, out]
// to [3, 3, in, out].
Tensor thin_transform_filter(const Tensor& weight);
Tensor thin_untransform_gradient(const Tensor& gradient);

// `padded` is the image with a border of zeros, [height + 2, width + 2, in], followed by 16 floats that may be read.
// `weight` is U. `bias`, [out], may be null.
void thin_convolve(const ThinShape& image, const float* padded, const float* weight, const float* bias, float* y);

// Adds to the gradient of U, [36, in, out], and to that of the bias, [out], unless it is null.
void thin_weight_gradient(const ThinShape& image, const float* padded, const float* gy, float* gradient, float* bias);

}  // namespace refract::winograd
