// A 3x3 convolution of images of three channels as Winograd's F(4x4, 3x3), a tile at a time. With so few products at a
// point, tiles are worth keeping in registers from the points to the pixels, unlike those of winograd_loops.h.
#pragma once

#include <cstdint>

#include "refract/core/tensor.h"

namespace refract::winograd {

// From `few` channels to `many`. Height and width are multiples of 4.
struct ThinImage {
  int64_t few, many, height, width;
};

// Whether this is for it: three channels, as colours are. From one the plain sum takes fewer operations.
bool thin_pays(const ThinImage& image);

// From [3, 3, few, many] to [36, few, many], and the transpose of that, for gradients.
Tensor thin_weights(const Tensor& taps);
Tensor thin_taps(const Tensor& weights);

// `padded` is the image with a border of zeros, [height + 2, width + 2, few], and 16 more floats that may be read;
// `bias` may be null.
void thin_convolve(const ThinImage& image, const float* padded, const float* weight, const float* bias, float* y);

// Adds to the gradient of the weights, [36, few, many], and to that of the bias, unless it is null.
void thin_weigh(const ThinImage& image, const float* padded, const float* gy, float* gradient, float* bias);

}  // namespace refract::winograd
