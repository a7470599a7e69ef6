// 3x3 convolutions from many channels to a few, such as the last layer of a generator. Libraries fill a vector with the
// channels of the output, of which there are 3; here it is filled with those of the input.
#pragma once

#include <cstdint>

namespace refract {

// One image: x is [height, width, channels], y is [height, width, thin], without gaps; padding 1. Weights and their
// gradient are [channels / 16, 3, 3, thin, 16]. `scratch` has room for scratch_size() floats.
struct ThinConvolution {
  int64_t channels, thin, height, width;

  [[nodiscard]] static bool handles(int64_t channels, int64_t thin);
  [[nodiscard]] int64_t scratch_size() const { return (height + 2) * (width + 2) * channels; }

  // `bias`, [thin], may be null.
  void forward(const float* x, const float* weight, const float* bias, float* y, float* scratch) const;
  // Adds to gw and to gb, [thin].
  void backward_weight(const float* x, const float* gy, float* gw, float* gb, float* scratch) const;
};

}  // namespace refract
