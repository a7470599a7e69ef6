#include "refract/kernels/loops/pixel_rows.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "refract/kernels/isa.h"

namespace refract {
namespace {

constexpr float kEpsilon = 1e-8F;

// Compiles a loop once for each usual number of channels, so that the inner loops unroll.
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

// Collects the sums of 16 pixels first, so that the root and the division are vector instructions.
template <class Channels>
REFRACT_INLINE void forward_pixels(Channels channels, float slope, const float* from, float* to,
                                   float* __restrict scale, int64_t pixels) {
  constexpr int64_t pixels_per_block = 16;
  std::array<float, pixels_per_block> squares{};
  for (int64_t start = 0; start < pixels; start += pixels_per_block) {
    const int64_t count = std::min(pixels_per_block, pixels - start);
    for (int64_t p = 0; p < count; ++p) {
      const float* __restrict x = from + (start + p) * channels;
      float* __restrict y = to + (start + p) * channels;
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
      float* __restrict y = to + (start + p) * channels;
      const float s = scale[start + p];
#pragma omp simd
      for (int64_t c = 0; c < channels; ++c) y[c] *= s;
    }
  }
}

// gx = s (gy - y mean(gy y)), times the slope where y is negative, with s = scale * gy_weight.
template <class Channels>
REFRACT_INLINE void backward_pixel(Channels channels, float slope, const float* __restrict y, float scale,
                                   const float* __restrict gy, float gy_weight, float* __restrict gx) {
  float dot = 0;
#pragma omp simd reduction(+ : dot)
  for (int64_t c = 0; c < channels; ++c) dot += y[c] * gy[c];
  dot /= static_cast<float>(channels);
  const float s = scale * gy_weight;
#pragma omp simd
  for (int64_t c = 0; c < channels; ++c) {
    const float g = s * (gy[c] - y[c] * dot);
    gx[c] = y[c] > 0 ? g : slope * g;
  }
}

}  // namespace

REFRACT_TARGET_CLONES
void Activation::forward(const float* x, float* y, float* scale, int64_t pixels) const {
  for_channels(channels, [=, this](auto c) REFRACT_INLINED { forward_pixels(c, slope, x, y, scale, pixels); });
}

REFRACT_TARGET_CLONES
void Activation::backward(const float* y, const float* scale, const float* gy, float* gx, int64_t pixels) const {
  for_channels(channels, [=, this](auto c) REFRACT_INLINED {
    for (int64_t p = 0; p < pixels; ++p) backward_pixel(c, slope, y + p * c, scale[p], gy + p * c, 1.0F, gx + p * c);
  });
}

REFRACT_TARGET_CLONES
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

REFRACT_TARGET_CLONES
void leaky_relu_forward(float slope, float* x, int64_t count) {
#pragma omp simd
  for (int64_t i = 0; i < count; ++i) x[i] = x[i] > 0 ? x[i] : slope * x[i];
}

REFRACT_TARGET_CLONES
void leaky_relu_backward(float slope, const float* __restrict y, const float* __restrict gy, float* __restrict gx,
                         int64_t count) {
#pragma omp simd
  for (int64_t i = 0; i < count; ++i) gx[i] = y[i] > 0 ? gy[i] : slope * gy[i];
}

void fill_pixels(const float* values, int64_t pixels, int64_t channels, float* to) {
  if (values == nullptr) {
    std::fill_n(to, pixels * channels, 0.0F);
    return;
  }
  std::copy_n(values, pixels > 0 ? channels : 0, to);
  for (int64_t done = 1; done < pixels; done *= 2)
    std::copy_n(to, std::min(done, pixels - done) * channels, to + done * channels);
}

REFRACT_TARGET_CLONES
void add_pixels(const float* x, int64_t pixels, int64_t channels, float* __restrict sums) {
  constexpr int64_t pixels_per_vector = 16;
  // Few channels: treats 16 pixels as one with 16 times the channels.
  if (channels < pixels_per_vector && pixels >= pixels_per_vector) {
    std::array<float, pixels_per_vector * pixels_per_vector> lane_sums{};
    const int64_t rows = pixels / pixels_per_vector;
    add_pixels(x, rows, pixels_per_vector * channels, lane_sums.data());
    for (int64_t k = 0; k < pixels_per_vector * channels; ++k) sums[k % channels] += lane_sums.at(k);
    x += rows * pixels_per_vector * channels;
    pixels -= rows * pixels_per_vector;
  }
  for_channels(channels, [=](auto c) REFRACT_INLINED {
    for (int64_t p = 0; p < pixels; ++p)
#pragma omp simd
      for (int64_t k = 0; k < c; ++k) sums[k] += x[p * c + k];
  });
}

REFRACT_TARGET_CLONES
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
