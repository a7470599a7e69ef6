// 3x3 convolutions between a thin image, of at most 4 channels (gray or colour), and a wide one, of a multiple of 16
// (features). For thin images the matrices of winograd_loops.h would be too small.
//
//   thin to wide  of 3 channels: thin_winograd.h. Otherwise the padded thin image is the left matrix, without a copy:
//                 row i of y = [width, 3 rows * 3 * thin] of the image  *  weight [3 * 3 * thin, wide]
//                 Neighbouring rows of the matrix overlap by two pixels.
//   wide to thin  contributions [width, 3 * 3 * thin] of each wide pixel to its 3x3 neighbours
//                 = row i of x [width, wide]  *  weight [wide, 3 * 3 * thin]
//                 The contributions of three rows at a time, in a ring buffer, add up to a row of y.
#pragma once

#include "refract/kernels/slice_convolution.h"

namespace refract {

// Null unless the filter is `same`, one number of channels is at most 4 and the other is a multiple of 16.
std::unique_ptr<const SliceConvolution> thin_convolution(const ConvolutionShape& shape);

}  // namespace refract
