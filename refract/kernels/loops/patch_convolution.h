// 4x4 convolutions with stride 2, and their transposes, by im2col and col2im. They serve images of few channels (gray
// or colour), for which the matrices of Winograd's method would be too small.
//
// im2col, for one row of the coarse image:
//
//     fine image [2 H, 2 W, fine]        patches [W, 4 * 4 * fine]     *  weight [4 * 4 * fine, coarse]
//     4 rows, 4 columns for each   ->    one patch in a row:           =  row of the coarse image [W, coarse]
//     coarse pixel, 2 apart              [4 rows, 4 columns, fine]
//
// The transposed convolution multiplies in the other direction and adds the overlapping patches up (col2im).
#pragma once

#include "refract/kernels/slice_convolution.h"

namespace refract {

// Null unless the image of lower resolution has a multiple of 16 channels.
std::unique_ptr<const SliceConvolution> patch_convolution(const ConvolutionShape& shape);

}  // namespace refract
