// The input transform of images of three channels for Winograd's convolution F(4x4, 3x3). Both passes of
// thin_winograd.h use it.
//
//   padded image, rows 4i to 4i + 5: [6, (width + 2) * 3]
//                                          |<- window of tile 0->|
//                                          rgb rgb rgb rgb rgb rgb rgb rgb rgb rgb ...
//                                                          |<- window of tile 1->|
//   |   transform_columns(): vectors of `Lanes` neighbouring floats, any pixel and channel
//   rows of points: [6 points, row_stride]                 for the whole row of tiles
//   |   transform_rows(): a vector is one pixel, its three channels and one float of the next pixel
//   TransformedTile: [6 points, 6 points, 3 channels + 1]  the fourth float is never used
#pragma once

#include <array>
#include <cstdint>

#include "refract/kernels/loops/thin_winograd.h"
#include "refract/kernels/loops/vectors.h"
#include "refract/kernels/loops/winograd_transforms.h"
#include "refract/kernels/scratch.h"

namespace refract::winograd {

constexpr int64_t kPointsPerSide = 6;  // points along one dimension, and pixels of a window
constexpr int64_t kPoints = kPointsPerSide * kPointsPerSide;
constexpr int64_t kTileSide = 4;  // pixels of y
constexpr int64_t kInChannels = 3;
constexpr int64_t kPixelStride = 4;  // floats from one point to the next: a vector holds a pixel

using TransformedTile = std::array<float, kPoints * kPixelStride>;

// A row of tiles after transform_columns().
struct TileRow {
  const float* rows;  // [6, row_stride]
  int64_t row_stride;
};

// Transforms six rows of the padded image along columns, `Lanes` floats at a time.
template <int64_t Lanes>
REFRACT_INLINE void transform_columns(const float* padded, int64_t padded_row_stride, float* rows, int64_t row_stride) {
  for (int64_t k = 0; k < padded_row_stride; k += Lanes) {
    std::array<Vector<Lanes>, kPointsPerSide> pixels;
    std::array<Vector<Lanes>, kPointsPerSide> points;
    for (int64_t i = 0; i < kPointsPerSide; ++i) pixels[i] = Vector<Lanes>::load(padded + i * padded_row_stride + k);
    InputTransform::apply(pixels, points);
    for (int64_t i = 0; i < kPointsPerSide; ++i) points[i].store(rows + i * row_stride + k);
  }
}

// Transforms one tile of the row along rows.
REFRACT_INLINE void transform_rows(const TileRow& row, int64_t tile, TransformedTile& to) {
  for (int64_t i = 0; i < kPointsPerSide; ++i) {
    const float* from = row.rows + i * row.row_stride + tile * kTileSide * kInChannels;
    std::array<Vector<kPixelStride>, kPointsPerSide> pixels;
    std::array<Vector<kPixelStride>, kPointsPerSide> points;
#pragma GCC unroll 6
    for (int64_t j = 0; j < kPointsPerSide; ++j) pixels[j] = Vector<kPixelStride>::load(from + j * kInChannels);
    InputTransform::apply(pixels, points);
#pragma GCC unroll 6
    for (int64_t j = 0; j < kPointsPerSide; ++j) points[j].store(to.data() + (i * kPointsPerSide + j) * kPixelStride);
  }
}

// A tile of `Lanes` output channels after the first of the two transforms: [4 pixels, 6 points, Lanes].
template <int64_t Lanes>
struct HalfTransformed {
  alignas(64) std::array<float, Lanes * kPointsPerSide * kTileSide> floats;
  REFRACT_INLINE float* at(int64_t k, int64_t j) { return floats.data() + (k * kPointsPerSide + j) * Lanes; }
  [[nodiscard]] REFRACT_INLINE const float* at(int64_t k, int64_t j) const {
    return floats.data() + (k * kPointsPerSide + j) * Lanes;
  }
};

// Floats, including those that vectors read beyond the last pixel.
constexpr int64_t transformed_row_stride(int64_t width) {
  return ((width + 2) * kInChannels + 31) / 16 * 16;
}

// Calls use(row of tiles, offset of its first pixel in y) for each row of tiles.
template <int64_t Lanes, class Use>
REFRACT_INLINE void for_each_tile_row(const ThinShape& s, const float* padded, Use use) {
  const int64_t padded_row_stride = (s.width + 2) * kInChannels;
  const int64_t row_stride = transformed_row_stride(s.width);
  float* rows = scratch(Scratch::left, kPointsPerSide * row_stride);
  for (int64_t i = 0; i < s.height; i += kTileSide) {
    transform_columns<Lanes>(padded + i * padded_row_stride, padded_row_stride, rows, row_stride);
    use(TileRow{rows, row_stride}, i * s.width * s.out_channels);
  }
}

}  // namespace refract::winograd
