// Tiles of images with few channels at the points of Winograd's convolution F(4x4, 3x3): what the passes of
// thin_winograd.h have in common.
#pragma once

#include <array>
#include <cstdint>

#include "refract/kernels/scratch.h"
#include "refract/kernels/thin_winograd.h"
#include "refract/kernels/vectors.h"
#include "refract/kernels/winograd_points.h"

namespace refract::winograd {

constexpr int64_t kSide = 6;  // points along one dimension
constexpr int64_t kPoints = kSide * kSide;
constexpr int64_t kTile = 4;  // pixels
constexpr int64_t kFew = 3;   // channels, and room for a fourth so that vectors hold a pixel
constexpr int64_t kRoom = 4;

using TileAtPoints = std::array<float, kPoints * kRoom>;

// What the loops work on: a row of tiles, whose six rows of the padded image have gone to the points along columns.
struct TileRow {
  const float* rows;  // [6, apart]
  int64_t apart;
};

// `Lanes` floats at a time, neighbours along the row, whatever pixel and channel they are.
template <int64_t Lanes>
REFRACT_INLINE void columns_to_points(const float* padded, int64_t pitch, float* rows, int64_t apart) {
  for (int64_t k = 0; k < pitch; k += Lanes) {
    std::array<Vector<Lanes>, kSide> pixels;
    std::array<Vector<Lanes>, kSide> points;
    for (int64_t i = 0; i < kSide; ++i) pixels[i] = Vector<Lanes>::load(padded + i * pitch + k);
    Pixels6ToPoints6::apply(pixels, points);
    for (int64_t i = 0; i < kSide; ++i) points[i].store(rows + i * apart + k);
  }
}

// A vector holds a pixel's channels and what follows.
REFRACT_INLINE void rows_to_points(const TileRow& row, int64_t tile, TileAtPoints& to) {
  for (int64_t i = 0; i < kSide; ++i) {
    const float* from = row.rows + i * row.apart + tile * kTile * kFew;
    std::array<Vector<kRoom>, kSide> pixels;
    std::array<Vector<kRoom>, kSide> points;
#pragma GCC unroll 6
    for (int64_t j = 0; j < kSide; ++j) pixels[j] = Vector<kRoom>::load(from + j * kFew);
    Pixels6ToPoints6::apply(pixels, points);
#pragma GCC unroll 6
    for (int64_t j = 0; j < kSide; ++j) points[j].store(to.data() + (i * kSide + j) * kRoom);
  }
}

// A tile half way between points and pixels of many channels.
template <int64_t Lanes>
struct Half {
  alignas(64) std::array<float, Lanes * kSide * kTile> floats;
  REFRACT_INLINE float* at(int64_t k, int64_t j) { return floats.data() + (k * kSide + j) * Lanes; }
  [[nodiscard]] REFRACT_INLINE const float* at(int64_t k, int64_t j) const {
    return floats.data() + (k * kSide + j) * Lanes;
  }
};

// Floats, with what vectors read beyond the last pixel.
constexpr int64_t rows_apart(int64_t width) {
  return ((width + 2) * kFew + 31) / 16 * 16;
}

// Calls use(row of tiles, its first pixel) for all of them.
template <int64_t Lanes, class Use>
REFRACT_INLINE void each_row(const ThinImage& s, const float* padded, Use use) {
  const int64_t pitch = (s.width + 2) * kFew;
  const int64_t apart = rows_apart(s.width);
  float* rows = scratch(Scratch::left, kSide * apart);
  for (int64_t i = 0; i < s.height; i += kTile) {
    columns_to_points<Lanes>(padded + i * pitch, pitch, rows, apart);
    use(TileRow{rows, apart}, i * s.width * s.many);
  }
}

}  // namespace refract::winograd
