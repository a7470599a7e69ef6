// How alike two pictures look: SSIM (Wang et al. 2004) and MS-SSIM (Wang et al. 2003).
#pragma once

#include "refract/core/tensor.h"

namespace refract {

// Both take pictures a and b of the same shape [N, C, H, W], of any real type, with values from 0 to 255, and give a
// number for each pair, [N] float64, at most 1 (equal pictures): the mean over the channels. Statistics are weighted by
// a Gaussian window without padding, of side s = min(11, H, W) and standard deviation 1.5 s / 11; K1 = 0.01,
// K2 = 0.03. Throw BadInput for other shapes.

// The mean of luminance times contrast times structure over all places of the window.
Tensor ssim(const Tensor& a, const Tensor& b);

// Five scales with the weights of Wang et al. 2003; each is the 2x2 means of the one before, where an odd side repeats
// its last row or column. Contrast and structure count at the first four, SSIM at the fifth; means below 0 count as 0.
// Where a side is below 176 pixels, the window shrinks at the coarse scales, to one pixel at worst: scales of one pixel
// have no contrast and structure to compare.
Tensor ms_ssim(const Tensor& a, const Tensor& b);

// Pixels in [-1, 1] as values from 0 to 255, without rounding; what is beyond is clamped.
Tensor gray_levels(const Tensor& pixels);

}  // namespace refract
