#include "refract/kernels/thin_convolution.h"

#include <algorithm>
#include <array>
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

// In structs of their own: std::array<Vector> would lose the attributes.
struct Lanes {
  Vector values;
};
template <class Outputs>
using Sums = std::array<Lanes, Outputs::value>;

REFRACT_INLINE float total(const Lanes& lanes) {
  float sum = 0;
  for (int64_t k = 0; k < kLanes; ++k) sum += lanes.values[k];
  return sum;
}

// One pixel of y; `window` is the upper left corner of its 3x3 pixels of padded x.
template <class Outputs>
REFRACT_INLINE void forward_pixel(Outputs outputs, const ThinConvolution& shape, const float* window,
                                  const float* weight, const float* bias, float* y) {
  Sums<Outputs> sums{};
  for (int64_t c = 0; c < shape.channels; c += kLanes)
    for (int64_t row = 0; row < 3; ++row)
      for (int64_t column = 0; column < 3; ++column, weight += outputs * kLanes) {
        const Vector v = load(window + (row * (shape.width + 2) + column) * shape.channels + c);
        for (int64_t o = 0; o < outputs; ++o) sums[o].values += v * load(weight + o * kLanes);
      }
  for (int64_t o = 0; o < outputs; ++o) y[o] = total(sums[o]) + (bias == nullptr ? 0 : bias[o]);
}

// 16 channels of the weight gradient, from all pixels; `padded` begins at those channels.
template <class Outputs>
REFRACT_INLINE void backward_channels(Outputs outputs, const ThinConvolution& shape, const float* padded,
                                      const float* gy, float* gw) {
  std::array<Sums<Outputs>, kTaps> sums{};
  for (int64_t i = 0; i < shape.height; ++i)
    for (int64_t j = 0; j < shape.width; ++j, gy += outputs)
      for (int64_t t = 0; t < kTaps; ++t) {
        const Vector v = load(padded + ((i + t / 3) * (shape.width + 2) + j + t % 3) * shape.channels);
        for (int64_t o = 0; o < outputs; ++o) sums[t][o].values += v * gy[o];
      }
  for (int64_t t = 0; t < kTaps; ++t)
    for (int64_t o = 0; o < outputs; ++o, gw += kLanes)
      for (int64_t k = 0; k < kLanes; ++k) gw[k] += sums[t][o].values[k];
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
      for (int64_t j = 0; j < width; ++j)
        forward_pixel(outputs, *this, scratch + (i * (width + 2) + j) * channels, weight, bias,
                      y + (i * width + j) * outputs);
  });
}

REFRACT_EVERY_ISA
void ThinConvolution::backward_weight(const float* x, const float* gy, float* gw, float* gb, float* scratch) const {
  pad(*this, x, scratch);
  for_thin(thin, [=, this](auto outputs) REFRACT_INLINED {
    for (int64_t p = 0; p < height * width; ++p)
      for (int64_t o = 0; o < outputs; ++o) gb[o] += gy[p * outputs + o];
    for (int64_t c = 0; c < channels; c += kLanes)
      backward_channels(outputs, *this, scratch + c, gy, gw + c * kTaps * outputs);
  });
}

}  // namespace refract
