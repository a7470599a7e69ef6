#include "refract/kernels/loops/thin_winograd.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/matmul.h>

#include <algorithm>
#include <array>

#include "refract/kernels/loops/thin_tiles.h"

namespace refract::winograd {
namespace {

// Multiplies `Tiles` tiles with U, so that each weight is loaded once for all of them, and transforms M along columns.
template <int64_t Lanes, int64_t Tiles>
REFRACT_INLINE void multiply(const std::array<TransformedTile, Tiles>& tiles, const float* weight, int64_t out_channels,
                             std::array<HalfTransformed<Lanes>, Tiles>& half_transformed) {
#pragma GCC unroll 6
  for (int64_t j = 0; j < kPointsPerSide; ++j) {
    std::array<std::array<Vector<Lanes>, kPointsPerSide>, Tiles> points;
#pragma GCC unroll 6
    for (int64_t i = 0; i < kPointsPerSide; ++i)
#pragma GCC unroll 4
      for (int64_t c = 0; c < kInChannels; ++c) {
        const auto w = Vector<Lanes>::load(weight + ((i * kPointsPerSide + j) * kInChannels + c) * out_channels);
#pragma GCC unroll 2
        for (int64_t t = 0; t < Tiles; ++t)
          points[t][i] = points[t][i] + tiles[t][(i * kPointsPerSide + j) * kPixelStride + c] * w;
      }
#pragma GCC unroll 2
    for (int64_t t = 0; t < Tiles; ++t) {
      std::array<Vector<Lanes>, kTileSide> pixels;
      OutputTransform::apply(points[t], pixels);
#pragma GCC unroll 4
      for (int64_t k = 0; k < kTileSide; ++k) pixels[k].store(half_transformed[t].at(k, j));
    }
  }
}

// Transforms M along rows, adds the bias and writes the tile.
template <int64_t Lanes>
REFRACT_INLINE void output_transform(const HalfTransformed<Lanes>& half_transformed, const Vector<Lanes>& bias,
                                     float* to, int64_t row_stride, int64_t out_channels) {
#pragma GCC unroll 4
  for (int64_t k = 0; k < kTileSide; ++k) {
    std::array<Vector<Lanes>, kTileSide> pixels;
    std::array<Vector<Lanes>, kPointsPerSide> points;
#pragma GCC unroll 6
    for (int64_t j = 0; j < kPointsPerSide; ++j) points[j] = Vector<Lanes>::load(half_transformed.at(k, j));
    OutputTransform::apply(points, pixels);
#pragma GCC unroll 4
    for (int64_t l = 0; l < kTileSide; ++l) (pixels[l] + bias).store(to + k * row_stride + l * out_channels);
  }
}

template <int64_t Lanes, int64_t Tiles>
REFRACT_INLINE void convolve_tiles(const ThinShape& s, const TileRow& row, int64_t first, const float* weight,
                                   const float* bias, float* y) {
  std::array<TransformedTile, Tiles> tiles;
  for (int64_t t = 0; t < Tiles; ++t) transform_rows(row, first + t, tiles[t]);
  for (int64_t channel = 0; channel < s.out_channels; channel += Lanes) {
    // Without this barrier compilers broadcast all numbers of the tiles to vectors before the loop, which no longer fit
    // in the L1 cache.
    asm volatile("" : : : "memory");
    std::array<HalfTransformed<Lanes>, Tiles> half_transformed;
    multiply<Lanes, Tiles>(tiles, weight + channel, s.out_channels, half_transformed);
    const Vector<Lanes> bias_lanes = bias == nullptr ? Vector<Lanes>() : Vector<Lanes>::load(bias + channel);
    for (int64_t t = 0; t < Tiles; ++t)
      output_transform<Lanes>(half_transformed[t], bias_lanes, y + (first + t) * kTileSide * s.out_channels + channel,
                              s.width * s.out_channels, s.out_channels);
  }
}

template <int64_t Lanes>
REFRACT_INLINE void convolve(const ThinShape& s, const float* padded, const float* weight, const float* bias,
                             float* y) {
  for_each_tile_row<Lanes>(s, padded, [&](const TileRow& row, int64_t pixel) REFRACT_INLINED {
    const int64_t tiles = s.width / kTileSide;
    int64_t t = 0;
    if constexpr (Lanes == 16)  // AVX-512 has registers for two tiles
      for (; t + 2 <= tiles; t += 2) convolve_tiles<Lanes, 2>(s, row, t, weight, bias, y + pixel);
    for (; t < tiles; ++t) convolve_tiles<Lanes, 1>(s, row, t, weight, bias, y + pixel);
  });
}

// Transforms one tile of gy to the points: [36, Lanes].
template <int64_t Lanes>
REFRACT_INLINE void gradient_to_points(const float* from, int64_t row_stride, int64_t out_channels, float* to) {
  HalfTransformed<Lanes> half_transformed;
#pragma GCC unroll 4
  for (int64_t j = 0; j < kTileSide; ++j) {
    std::array<Vector<Lanes>, kTileSide> pixels;
    std::array<Vector<Lanes>, kPointsPerSide> points;
#pragma GCC unroll 4
    for (int64_t i = 0; i < kTileSide; ++i) pixels[i] = Vector<Lanes>::load(from + i * row_stride + j * out_channels);
    GradientTransform::apply(pixels, points);
#pragma GCC unroll 6
    for (int64_t i = 0; i < kPointsPerSide; ++i) points[i].store(half_transformed.at(j, i));
  }
#pragma GCC unroll 6
  for (int64_t i = 0; i < kPointsPerSide; ++i) {
    std::array<Vector<Lanes>, kTileSide> pixels;
    std::array<Vector<Lanes>, kPointsPerSide> points;
#pragma GCC unroll 4
    for (int64_t j = 0; j < kTileSide; ++j) pixels[j] = Vector<Lanes>::load(half_transformed.at(j, i));
    GradientTransform::apply(pixels, points);
#pragma GCC unroll 6
    for (int64_t j = 0; j < kPointsPerSide; ++j) points[j].store(to + (i * kPointsPerSide + j) * Lanes);
  }
}

constexpr int64_t kTilesPerBlock = 8;  // their points fit in a usual L1 cache

template <int64_t Lanes>
REFRACT_INLINE void weight_gradient_of_tiles(const ThinShape& s, const TileRow& row, int64_t first, int64_t count,
                                             const float* gy, float* gradient, float* bias) {
  constexpr int64_t sum_point = kPointsPerSide + 1;  // (1, 1): its value is the sum of the tile, for the bias
  std::array<TransformedTile, kTilesPerBlock> tiles;
  alignas(64) std::array<float, kTilesPerBlock * kPoints * Lanes> at_points;
  for (int64_t t = 0; t < count; ++t) transform_rows(row, first + t, tiles[t]);
  for (int64_t channel = 0; channel < s.out_channels; channel += Lanes) {
    asm volatile("" : : : "memory");  // as in convolve_tiles
    for (int64_t t = 0; t < count; ++t)
      gradient_to_points<Lanes>(gy + (first + t) * kTileSide * s.out_channels + channel, s.width * s.out_channels,
                                s.out_channels, at_points.data() + t * kPoints * Lanes);
    for (int64_t p = 0; p < kPoints; ++p) {
      float* to = gradient + p * kInChannels * s.out_channels + channel;
      std::array<Vector<Lanes>, kInChannels> sums;
#pragma GCC unroll 4
      for (int64_t c = 0; c < kInChannels; ++c) sums[c] = Vector<Lanes>::load(to + c * s.out_channels);
      for (int64_t t = 0; t < count; ++t) {
        const auto g = Vector<Lanes>::load(at_points.data() + (t * kPoints + p) * Lanes);
#pragma GCC unroll 4
        for (int64_t c = 0; c < kInChannels; ++c) sums[c] = sums[c] + tiles[t][p * kPixelStride + c] * g;
      }
#pragma GCC unroll 4
      for (int64_t c = 0; c < kInChannels; ++c) sums[c].store(to + c * s.out_channels);
    }
    if (bias == nullptr) continue;
    auto sum = Vector<Lanes>::load(bias + channel);
    for (int64_t t = 0; t < count; ++t)
      sum = sum + Vector<Lanes>::load(at_points.data() + (t * kPoints + sum_point) * Lanes);
    sum.store(bias + channel);
  }
}

template <int64_t Lanes>
REFRACT_INLINE void weight_gradient(const ThinShape& s, const float* padded, const float* gy, float* gradient,
                                    float* bias) {
  for_each_tile_row<Lanes>(s, padded, [&](const TileRow& row, int64_t pixel) REFRACT_INLINED {
    const int64_t tiles = s.width / kTileSide;
    for (int64_t first = 0; first < tiles; first += kTilesPerBlock)
      weight_gradient_of_tiles<Lanes>(s, row, first, std::min(kTilesPerBlock, tiles - first), gy + pixel, gradient,
                                      bias);
  });
}

// One of the two passes: reads `weight` and `bias` and writes `y`, or reads `gy` and adds to the two gradients.
struct Job {
  bool is_weight_gradient;
  ThinShape image;
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
  if (job.is_weight_gradient)
    weight_gradient<Lanes>(job.image, job.padded, job.gy, job.weight_gradient, job.bias_gradient);
  else
    convolve<Lanes>(job.image, job.padded, job.weight, job.bias, job.y);
}

REFRACT_DEFINE_COPIES(run, Job)

// G in two dimensions: [36 points, 9 taps].
const Tensor& filter_transform_2d() {
  static const Tensor transform = [] {
    const Tensor matrix = at::empty({kPoints, 9});
    auto* to = matrix.data_ptr<float>();
    for (const Taps& row : kFilterTransform)
      for (const Taps& column : kFilterTransform)
        for (const float a : row)
          for (const float b : column) *to++ = a * b;
    return matrix;
  }();
  return transform;
}

}  // namespace

bool thin_winograd_supports(const ThinShape& image) {
  return image.in_channels == kInChannels && image.out_channels % 16 == 0 && image.height % kTileSide == 0 &&
         image.width % kTileSide == 0;
}

Tensor thin_transform_filter(const Tensor& weight) {
  return filter_transform_2d().matmul(weight.reshape({9, -1})).view({kPoints, weight.size(2), weight.size(3)});
}

Tensor thin_untransform_gradient(const Tensor& gradient) {
  return filter_transform_2d()
      .t()
      .matmul(gradient.reshape({kPoints, -1}))
      .view({3, 3, gradient.size(1), gradient.size(2)});
}

void thin_convolve(const ThinShape& image, const float* padded, const float* weight, const float* bias, float* y) {
  REFRACT_DISPATCH(run)({false, image, padded, weight, bias, y, nullptr, nullptr, nullptr});
}

void thin_weight_gradient(const ThinShape& image, const float* padded, const float* gy, float* gradient, float* bias) {
  REFRACT_DISPATCH(run)({true, image, padded, nullptr, nullptr, nullptr, gy, gradient, bias});
}

}  // namespace refract::winograd
