#include "refract/kernels/pixel_rows.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "refract/kernels/isa.h"

namespace refract {
namespace {

constexpr float kEpsilon = 1e-8F;

// Compiled once for each usual number of channels, so that the loops over them unroll.
template <class Loop>
REFRACT_INLINE void for_channels(int64_t channels, Loop loop) {
  switch (channels) {
    case 16:
      return loop(std::integral_constant<int64_t, 16>());
    case 32:
      return loop(std::integral_constant<int64_t, 32>());
    case 64:
      return loop(std::integral_constant<int64_t, 64>());
    case 128:
      return loop(std::integral_constant<int64_t, 128>());
    default:
      return loop(channels);
  }
}

// Pixel p is read at from(p) and written at to(p). Root and division wait for 16 pixels, to be taken as one vector.
template <class Channels, class From, class To>
REFRACT_INLINE void forward_pixels(Channels channels, float slope, From from, To to, float* __restrict scale,
                                   int64_t pixels) {
  constexpr int64_t together = 16;
  std::array<float, together> squares{};
  for (int64_t start = 0; start < pixels; start += together) {
    const int64_t count = std::min(together, pixels - start);
    for (int64_t p = 0; p < count; ++p) {
      const float* __restrict x = from(start + p);
      float* __restrict y = to(start + p);
      float sum = 0;
#pragma omp simd reduction(+ : sum)
      for (int64_t c = 0; c < channels; ++c) {
        const float a = x[c] > 0 ? x[c] : slope * x[c];
        y[c] = a;
        sum += a * a;
      }
      squares[p] = sum;
    }
#pragma omp simd
    for (int64_t p = 0; p < count; ++p)
      scale[start + p] = 1.0F / std::sqrt(squares[p] / static_cast<float>(channels) + kEpsilon);
    for (int64_t p = 0; p < count; ++p) {
      float* __restrict y = to(start + p);
      const float s = scale[start + p];
#pragma omp simd
      for (int64_t c = 0; c < channels; ++c) y[c] *= s;
    }
  }
}

// gx = s (gy - y mean(gy y)), times the slope where y is negative; `share` multiplies gy.
template <class Channels>
REFRACT_INLINE void backward_pixel(Channels channels, float slope, const float* __restrict y, float scale,
                                   const float* __restrict gy, float share, float* __restrict gx) {
  float dot = 0;
#pragma omp simd reduction(+ : dot)
  for (int64_t c = 0; c < channels; ++c) dot += y[c] * gy[c];
  dot /= static_cast<float>(channels);
  const float s = scale * share;
#pragma omp simd
  for (int64_t c = 0; c < channels; ++c) {
    const float g = s * (gy[c] - y[c] * dot);
    gx[c] = y[c] > 0 ? g : slope * g;
  }
}

// Row i of the pixels of y (2 width of them) among the corners: pixel (i, j) is entry (i % 2, j % 2) of the corner
// ((i + 1) / 2, (j + 1) / 2).
struct CornerRow {
  int64_t start, channels;
  CornerRow(int64_t row, int64_t width, int64_t channels_)
      : start((((row + 1) / 2) * (width + 1) * 4 + (row % 2) * 2) * channels_), channels(channels_) {}
  [[nodiscard]] REFRACT_INLINE int64_t pixel(int64_t column) const {
    return start + ((column + 1) / 2 * 4 + column % 2) * channels;
  }
};

}  // namespace

REFRACT_EVERY_ISA
void Activation::forward(const float* x, float* y, float* scale, int64_t pixels) const {
  for_channels(channels, [=, this](auto c) REFRACT_INLINED {
    forward_pixels(
        c, slope, [=](int64_t p) REFRACT_INLINED { return x + p * c; },
        [=](int64_t p) REFRACT_INLINED { return y + p * c; }, scale, pixels);
  });
}

REFRACT_EVERY_ISA
void Activation::backward(const float* y, const float* scale, const float* gy, float* gx, int64_t pixels) const {
  for_channels(channels, [=, this](auto c) REFRACT_INLINED {
    for (int64_t p = 0; p < pixels; ++p) backward_pixel(c, slope, y + p * c, scale[p], gy + p * c, 1.0F, gx + p * c);
  });
}

REFRACT_EVERY_ISA
void Activation::backward_pooled(const float* y, const float* scale, const float* gy, float* gx, int64_t height,
                                 int64_t width) const {
  constexpr float quarter = 0.25F;
  for_channels(channels, [=, this](auto c) REFRACT_INLINED {
    for (int64_t i = 0; i < height; ++i)
      for (int64_t j = 0; j < width; ++j) {
        const int64_t p = i * width + j;
        const int64_t pooled = (i / 2) * (width / 2) + j / 2;
        backward_pixel(c, slope, y + p * c, scale[p], gy + pooled * c, quarter, gx + p * c);
      }
  });
}

REFRACT_EVERY_ISA
void Activation::forward_corners(const float* x, float* y, float* scale, int64_t height, int64_t width) const {
  for_channels(channels, [=, this](auto c) REFRACT_INLINED {
    for (int64_t i = 0; i < 2 * height; ++i) {
      const CornerRow row(i, width, c);
      float* to = y + i * 2 * width * c;
      forward_pixels(
          c, slope, [=](int64_t p) REFRACT_INLINED { return x + row.pixel(p); },
          [=](int64_t p) REFRACT_INLINED { return to + p * c; }, scale + i * 2 * width, 2 * width);
    }
  });
}

REFRACT_EVERY_ISA
void Activation::backward_corners(const float* y, const float* scale, const float* gy, float* gx, int64_t height,
                                  int64_t width) const {
  for_channels(channels, [=, this](auto c) REFRACT_INLINED {
    const auto clear = [=](int64_t corner, int64_t entry) REFRACT_INLINED {
      std::fill_n(gx + (corner * 4 + entry) * c, static_cast<int64_t>(c), 0.0F);
    };
    for (int64_t j = 0; j <= width; ++j)
      for (const int64_t entry : {0, 1}) {
        clear(j, 2 + entry);                     // row -1
        clear(height * (width + 1) + j, entry);  // row 2 height
      }
    for (int64_t i = 0; i <= height; ++i)
      for (const int64_t entry : {0, 2}) {
        clear(i * (width + 1), entry + 1);      // column -1
        clear(i * (width + 1) + width, entry);  // column 2 width
      }
    for (int64_t i = 0; i < 2 * height; ++i) {
      const CornerRow row(i, width, c);
      for (int64_t j = 0; j < 2 * width; ++j) {
        const int64_t p = i * 2 * width + j;
        backward_pixel(c, slope, y + p * c, scale[p], gy + p * c, 1.0F, gx + row.pixel(j));
      }
    }
  });
}

REFRACT_EVERY_ISA
void average_pool(const float* x, float* y, int64_t height, int64_t width, int64_t channels) {
  constexpr float quarter = 0.25F;
  for_channels(channels, [=](auto c) REFRACT_INLINED {
    for (int64_t i = 0; i < height; i += 2)
      for (int64_t j = 0; j < width; j += 2) {
        const float* __restrict upper = x + (i * width + j) * c;
        const float* __restrict lower = upper + width * c;
        float* __restrict mean = y + ((i / 2) * (width / 2) + j / 2) * c;
#pragma omp simd
        for (int64_t k = 0; k < c; ++k) mean[k] = quarter * (upper[k] + upper[c + k] + lower[k] + lower[c + k]);
      }
  });
}

}  // namespace refract
