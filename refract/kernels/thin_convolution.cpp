#include "refract/kernels/thin_convolution.h"

#include <algorithm>
#include <type_traits>

#include "refract/kernels/isa.h"

namespace refract {
namespace {

constexpr int64_t kLanes = 16;
constexpr int64_t kTaps = 9;
using Vector [[gnu::vector_size(64), gnu::aligned(4), gnu::may_alias]] = float;

REFRACT_INLINE Vector load(const float* from) {
  return *reinterpret_cast<const Vector*>(from);
}

template <class Loop>
REFRACT_INLINE void for_thin(int64_t thin, Loop loop) {
  switch (thin) {
    case 1:
      return loop(std::integral_constant<int64_t, 1>());
    case 2:
      return loop(std::integral_constant<int64_t, 2>());
    case 3:
      return loop(std::integral_constant<int64_t, 3>());
    default:
      return loop(std::integral_constant<int64_t, 4>());
  }
}

// x with a frame of zeros.
REFRACT_INLINE void pad(const ThinConvolution& shape, const float* x, float* padded) {
  const int64_t row = shape.width * shape.channels;
  const int64_t wide = row + 2 * shape.channels;
  std::fill_n(padded, wide, 0.0F);
  for (int64_t i = 0; i < shape.height; ++i) {
    float* to = padded + (i + 1) * wide;
    std::fill_n(to, shape.channels, 0.0F);
    std::copy_n(x + i * row, row, to + shape.channels);
    std::fill_n(to + shape.channels + row, shape.channels, 0.0F);
  }
  std::fill_n(padded + (shape.height + 1) * wide, wide, 0.0F);
}

// Tap t of a pixel lies so many floats after the upper left corner of its window.
REFRACT_INLINE int64_t tap_offset(const ThinConvolution& shape, int64_t tap) {
  return (tap / 3 * (shape.width + 2) + tap % 3) * shape.channels;
}

}  // namespace

bool ThinConvolution::handles(int64_t channels, int64_t thin) {
  return thin >= 1 && thin <= 4 && channels % kLanes == 0;
}

REFRACT_EVERY_ISA
void ThinConvolution::forward(const float* x, const float* weight, const float* bias, float* y, float* scratch) const {
  pad(*this, x, scratch);
  for_thin(thin, [=, this](auto outputs) REFRACT_INLINED {
    for (int64_t i = 0; i < height; ++i)
      for (int64_t j = 0; j < width; ++j) {
        const float* window = scratch + (i * (width + 2) + j) * channels;
        Vector sums[outputs] = {};
        for (int64_t c = 0; c < channels; c += kLanes) {
          const float* w = weight + c * kTaps * outputs;
#pragma GCC unroll 3
          for (int64_t r = 0; r < 3; ++r) {
            const float* row = window + r * (width + 2) * channels + c;
            const Vector left = load(row), middle = load(row + channels), right = load(row + 2 * channels);
            const float* taps = w + r * 3 * outputs * kLanes;
            for (int64_t o = 0; o < outputs; ++o) sums[o] += left * load(taps + o * kLanes);
            for (int64_t o = 0; o < outputs; ++o) sums[o] += middle * load(taps + (outputs + o) * kLanes);
            for (int64_t o = 0; o < outputs; ++o) sums[o] += right * load(taps + (2 * outputs + o) * kLanes);
          }
        }
        for (int64_t o = 0; o < outputs; ++o) {
          float sum = 0;
          for (int64_t k = 0; k < kLanes; ++k) sum += sums[o][k];
          y[(i * width + j) * outputs + o] = sum + (bias == nullptr ? 0 : bias[o]);
        }
      }
  });
}

REFRACT_EVERY_ISA
void ThinConvolution::backward_weight(const float* x, const float* gy, float* gw, float* gb, float* scratch) const {
  pad(*this, x, scratch);
  for_thin(thin, [=, this](auto outputs) REFRACT_INLINED {
    for (int64_t p = 0; p < height * width; ++p)
      for (int64_t o = 0; o < outputs; ++o) gb[o] += gy[p * outputs + o];
    for (int64_t c = 0; c < channels; c += kLanes) {
      Vector sums[kTaps][outputs] = {};
      for (int64_t i = 0; i < height; ++i)
        for (int64_t j = 0; j < width; ++j) {
          const float* window = scratch + (i * (width + 2) + j) * channels + c;
          const float* g = gy + (i * width + j) * outputs;
#pragma GCC unroll 9
          for (int64_t t = 0; t < kTaps; ++t) {
            const Vector v = load(window + tap_offset(*this, t));
            for (int64_t o = 0; o < outputs; ++o) sums[t][o] += v * g[o];
          }
        }
      for (int64_t t = 0; t < kTaps; ++t)
        for (int64_t o = 0; o < outputs; ++o) {
          float* to = gw + c * kTaps * outputs + (t * outputs + o) * kLanes;
          for (int64_t k = 0; k < kLanes; ++k) to[k] += sums[t][o][k];
        }
    }
  });
}

}  // namespace refract
