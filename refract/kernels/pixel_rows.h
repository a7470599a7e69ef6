// LeakyReLU, pixel normalisation and resampling as plain loops over images in memory: the inside of `leaky_norm` and
// `conv_block.h`. An image is [height, width, channels], float, without gaps.
#pragma once

#include <cstdint>

namespace refract {

// y[c] = a[c] scale with a = LeakyReLU(x, slope), scale = 1 / sqrt(mean over c of a^2 + 1e-8), kept one a pixel for the
// gradient (Karras et al. 2018, Sec. 4.2).
struct Activation {
  int64_t channels;
  float slope;

  void forward(const float* x, float* y, float* scale, int64_t pixels) const;
  // gx from gy; x is not needed, since y has its sign.
  void backward(const float* y, const float* scale, const float* gy, float* gx, int64_t pixels) const;

  // `backward` where y was then averaged over 2 x 2 pixels: gy is [height / 2, width / 2, channels].
  void backward_pooled(const float* y, const float* scale, const float* gy, float* gx, int64_t height,
                       int64_t width) const;
};

// LeakyReLU of `count` values where they stand, and gx from gy and the values after it.
void rectify(float slope, float* x, int64_t count);
void rectify_backward(float slope, const float* y, const float* gy, float* gx, int64_t count);

// Sets all pixels to `values`, one for each channel, or to 0 if that is null.
void fill_pixels(const float* values, int64_t pixels, int64_t channels, float* to);

// Adds all pixels to `sums`, one for each channel.
void add_pixels(const float* x, int64_t pixels, int64_t channels, float* sums);

// Means of 2 x 2 pixels: [height, width, channels] to [height / 2, width / 2, channels]. Both sizes are even.
void average_pool(const float* x, float* y, int64_t height, int64_t width, int64_t channels);

}  // namespace refract
