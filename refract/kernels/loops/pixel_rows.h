// LeakyReLU, pixel normalisation and pooling as plain loops over images in memory. `leaky_norm` and `conv_block.h` are
// made of them. An image is float, [height, width, channels], contiguous.
#pragma once

#include <cstdint>

namespace refract {

// y[c] = a[c] scale with a = LeakyReLU(x, slope) and scale = 1 / sqrt(mean over c of a^2 + 1e-8) (Karras et al. 2018,
// Sec. 4.2). `scale` has one value for each pixel. The gradient needs it.
struct Activation {
  int64_t channels;
  float slope;

  void forward(const float* x, float* y, float* scale, int64_t pixels) const;
  // gx from gy. It does not need x, because y has the same sign.
  void backward(const float* y, const float* scale, const float* gy, float* gx, int64_t pixels) const;

  // The same if average_pool() followed: gy is [height / 2, width / 2, channels].
  void backward_pooled(const float* y, const float* scale, const float* gy, float* gx, int64_t height,
                       int64_t width) const;
};

// LeakyReLU of `count` values in place, and gx from gy and the result y.
void leaky_relu_forward(float slope, float* x, int64_t count);
void leaky_relu_backward(float slope, const float* y, const float* gy, float* gx, int64_t count);

// Sets all pixels to `values`, [channels], or to 0 if `values` is null.
void fill_pixels(const float* values, int64_t pixels, int64_t channels, float* to);

// Adds all pixels to `sums`, [channels].
void add_pixels(const float* x, int64_t pixels, int64_t channels, float* sums);

// Means of 2 x 2 pixels: [height, width, channels] to [height / 2, width / 2, channels]. Both sizes must be even.
void average_pool(const float* x, float* y, int64_t height, int64_t width, int64_t channels);

}  // namespace refract
