#include "refract/kernels/thin_winograd.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/matmul.h>

#include <algorithm>
#include <array>

#include "refract/kernels/thin_tiles.h"

namespace refract::winograd {
namespace {

// `Tiles` at once, so that each weight is read for all of them.
template <int64_t Lanes, int64_t Tiles>
REFRACT_INLINE void multiply(const std::array<TileAtPoints, Tiles>& tiles, const float* weight, int64_t many,
                             std::array<Half<Lanes>, Tiles>& half) {
#pragma GCC unroll 6
  for (int64_t j = 0; j < kSide; ++j) {
    std::array<std::array<Vector<Lanes>, kSide>, Tiles> points;
#pragma GCC unroll 6
    for (int64_t i = 0; i < kSide; ++i)
#pragma GCC unroll 4
      for (int64_t c = 0; c < kFew; ++c) {
        const auto w = Vector<Lanes>::load(weight + ((i * kSide + j) * kFew + c) * many);
#pragma GCC unroll 2
        for (int64_t t = 0; t < Tiles; ++t) points[t][i] = points[t][i] + tiles[t][(i * kSide + j) * kRoom + c] * w;
      }
#pragma GCC unroll 2
    for (int64_t t = 0; t < Tiles; ++t) {
      std::array<Vector<Lanes>, kTile> pixels;
      Points6ToPixels4::apply(points[t], pixels);
#pragma GCC unroll 4
      for (int64_t k = 0; k < kTile; ++k) pixels[k].store(half[t].at(k, j));
    }
  }
}

template <int64_t Lanes>
REFRACT_INLINE void to_pixels(const Half<Lanes>& half, const Vector<Lanes>& bias, float* to, int64_t row,
                              int64_t many) {
#pragma GCC unroll 4
  for (int64_t k = 0; k < kTile; ++k) {
    std::array<Vector<Lanes>, kTile> pixels;
    std::array<Vector<Lanes>, kSide> points;
#pragma GCC unroll 6
    for (int64_t j = 0; j < kSide; ++j) points[j] = Vector<Lanes>::load(half.at(k, j));
    Points6ToPixels4::apply(points, pixels);
#pragma GCC unroll 4
    for (int64_t l = 0; l < kTile; ++l) (pixels[l] + bias).store(to + k * row + l * many);
  }
}

template <int64_t Lanes, int64_t Tiles>
REFRACT_INLINE void convolve_tiles(const ThinImage& s, const TileRow& row, int64_t first, const float* weight,
                                   const float* bias, float* y) {
  std::array<TileAtPoints, Tiles> tiles;
  for (int64_t t = 0; t < Tiles; ++t) rows_to_points(row, first + t, tiles[t]);
  for (int64_t channel = 0; channel < s.many; channel += Lanes) {
    // Otherwise compilers spread all numbers of the tiles to vectors before this loop, more than any cache is quick
    // with.
    asm volatile("" : : : "memory");
    std::array<Half<Lanes>, Tiles> half;
    multiply<Lanes, Tiles>(tiles, weight + channel, s.many, half);
    const Vector<Lanes> start = bias == nullptr ? Vector<Lanes>() : Vector<Lanes>::load(bias + channel);
    for (int64_t t = 0; t < Tiles; ++t)
      to_pixels<Lanes>(half[t], start, y + (first + t) * kTile * s.many + channel, s.width * s.many, s.many);
  }
}

template <int64_t Lanes>
REFRACT_INLINE void convolve(const ThinImage& s, const float* padded, const float* weight, const float* bias,
                             float* y) {
  each_row<Lanes>(s, padded, [&](const TileRow& row, int64_t pixel) REFRACT_INLINED {
    const int64_t tiles = s.width / kTile;
    int64_t t = 0;
    if constexpr (Lanes == 16)  // for which there are registers
      for (; t + 2 <= tiles; t += 2) convolve_tiles<Lanes, 2>(s, row, t, weight, bias, y + pixel);
    for (; t < tiles; ++t) convolve_tiles<Lanes, 1>(s, row, t, weight, bias, y + pixel);
  });
}

// One tile of the many channels' gradient at the points.
template <int64_t Lanes>
REFRACT_INLINE void gradient_to_points(const float* from, int64_t row, int64_t many, float* to) {
  Half<Lanes> half;
#pragma GCC unroll 4
  for (int64_t j = 0; j < kTile; ++j) {
    std::array<Vector<Lanes>, kTile> pixels;
    std::array<Vector<Lanes>, kSide> points;
#pragma GCC unroll 4
    for (int64_t i = 0; i < kTile; ++i) pixels[i] = Vector<Lanes>::load(from + i * row + j * many);
    Pixels4ToPoints6::apply(pixels, points);
#pragma GCC unroll 6
    for (int64_t i = 0; i < kSide; ++i) points[i].store(half.at(j, i));
  }
#pragma GCC unroll 6
  for (int64_t i = 0; i < kSide; ++i) {
    std::array<Vector<Lanes>, kTile> pixels;
    std::array<Vector<Lanes>, kSide> points;
#pragma GCC unroll 4
    for (int64_t j = 0; j < kTile; ++j) pixels[j] = Vector<Lanes>::load(half.at(j, i));
    Pixels4ToPoints6::apply(pixels, points);
#pragma GCC unroll 6
    for (int64_t j = 0; j < kSide; ++j) points[j].store(to + (i * kSide + j) * Lanes);
  }
}

constexpr int64_t kTogether = 8;  // tiles, whose points fit in a usual first-level cache

template <int64_t Lanes>
REFRACT_INLINE void weigh_tiles(const ThinImage& s, const TileRow& row, int64_t first, int64_t count, const float* gy,
                                float* gradient, float* bias) {
  constexpr int64_t sum_point = kSide + 1;  // the point 1: there a tile is its sum
  std::array<TileAtPoints, kTogether> tiles;
  alignas(64) std::array<float, kTogether * kPoints * Lanes> at_points;
  for (int64_t t = 0; t < count; ++t) rows_to_points(row, first + t, tiles[t]);
  for (int64_t channel = 0; channel < s.many; channel += Lanes) {
    asm volatile("" : : : "memory");  // as in convolve_tiles
    for (int64_t t = 0; t < count; ++t)
      gradient_to_points<Lanes>(gy + (first + t) * kTile * s.many + channel, s.width * s.many, s.many,
                                at_points.data() + t * kPoints * Lanes);
    for (int64_t p = 0; p < kPoints; ++p) {
      float* to = gradient + p * kFew * s.many + channel;
      std::array<Vector<Lanes>, kFew> sums;
#pragma GCC unroll 4
      for (int64_t c = 0; c < kFew; ++c) sums[c] = Vector<Lanes>::load(to + c * s.many);
      for (int64_t t = 0; t < count; ++t) {
        const auto g = Vector<Lanes>::load(at_points.data() + (t * kPoints + p) * Lanes);
#pragma GCC unroll 4
        for (int64_t c = 0; c < kFew; ++c) sums[c] = sums[c] + tiles[t][p * kRoom + c] * g;
      }
#pragma GCC unroll 4
      for (int64_t c = 0; c < kFew; ++c) sums[c].store(to + c * s.many);
    }
    if (bias == nullptr) continue;
    auto sum = Vector<Lanes>::load(bias + channel);
    for (int64_t t = 0; t < count; ++t)
      sum = sum + Vector<Lanes>::load(at_points.data() + (t * kPoints + sum_point) * Lanes);
    sum.store(bias + channel);
  }
}

template <int64_t Lanes>
REFRACT_INLINE void weigh(const ThinImage& s, const float* padded, const float* gy, float* gradient, float* bias) {
  each_row<Lanes>(s, padded, [&](const TileRow& row, int64_t pixel) REFRACT_INLINED {
    const int64_t tiles = s.width / kTile;
    for (int64_t first = 0; first < tiles; first += kTogether)
      weigh_tiles<Lanes>(s, row, first, std::min(kTogether, tiles - first), gy + pixel, gradient, bias);
  });
}

// Of either pass: `weight` and `bias` are read and `y` is written, or `y` is the gradient of it and the others are
// added to.
struct Job {
  bool weighs;
  ThinImage image;
  const float* padded;
  const float* weight;
  const float* bias;
  float* y;
  const float* gy;
  float* weight_gradient;
  float* bias_gradient;
};

template <int64_t Lanes>
REFRACT_INLINE void run_with(const Job& job) {
  if (job.weighs)
    weigh<Lanes>(job.image, job.padded, job.gy, job.weight_gradient, job.bias_gradient);
  else
    convolve<Lanes>(job.image, job.padded, job.weight, job.bias, job.y);
}

REFRACT_COPIES(run, Job)

// [points, taps] in two dimensions.
const Tensor& points_of_taps() {
  static const Tensor at = [] {
    const Tensor all = at::empty({kPoints, 9});
    auto* to = all.data_ptr<float>();
    for (const Taps& row : kWeightEach)
      for (const Taps& column : kWeightEach)
        for (const float a : row)
          for (const float b : column) *to++ = a * b;
    return all;
  }();
  return at;
}

}  // namespace

bool thin_pays(const ThinImage& image) {
  return image.few == kFew && image.many % 16 == 0 && image.height % kTile == 0 && image.width % kTile == 0;
}

Tensor thin_weights(const Tensor& taps) {
  return points_of_taps().matmul(taps.reshape({9, -1})).view({kPoints, taps.size(2), taps.size(3)});
}

Tensor thin_taps(const Tensor& weights) {
  return points_of_taps().t().matmul(weights.reshape({kPoints, -1})).view({3, 3, weights.size(1), weights.size(2)});
}

void thin_convolve(const ThinImage& image, const float* padded, const float* weight, const float* bias, float* y) {
  REFRACT_CHOSEN(run)({false, image, padded, weight, bias, y, nullptr, nullptr, nullptr});
}

void thin_weigh(const ThinImage& image, const float* padded, const float* gy, float* gradient, float* bias) {
  REFRACT_CHOSEN(run)({true, image, padded, nullptr, nullptr, nullptr, gy, gradient, bias});
}

}  // namespace refract::winograd
