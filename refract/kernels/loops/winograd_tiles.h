// Tiles of images, and their transforms to the points of Winograd's convolution and back. winograd_loops.cpp and
// strided_winograd.cpp share them.
//
//   image [height, width, channels], one row of it        transformed tiles, V or M: [points, tiles, channels]
//
//   window of tile 0   |<--- size --->|                            channels
//   window of tile 1           |<--- size --->|            tile 0 +----------+
//                      <stride>                  ----->    tile 1 |          |   matrix(p), one for each point
//                                              transform   ...    |          |   p = i * points per side + j
//   Windows overlap, in rows as in columns.                       +----------+
//                                                          16 unused floats, then matrix(p + 1)
//
// Channels are the innermost axis on both sides. Tiles run along rows of tiles, then down an image, then over images. A
// transform reads `Lanes` channels of all pixels of a window and writes them to the same tile at all points.
#pragma once

#include <algorithm>
#include <array>

#include "refract/kernels/loops/vectors.h"
#include "refract/kernels/scratch.h"

namespace refract::winograd {

// The windows of the tiles. Window 0 begins at pixel (top, left), the next one `stride` pixels later. The pixels of a
// window are `dilation` apart.
struct TileGrid {
  int64_t stride, dilation, top, left;
};

// Images that are read or written tile by tile. `padding` stands for every pixel outside an image: zeros for reading, a
// buffer that nobody reads for writing. Either has at least `channels` floats.
template <class Float>
struct TiledImages {
  Float* data;
  int64_t height, width, channels, tile_rows, tile_columns;  // tile_rows x tile_columns tiles cover an image
  Float* padding;
  int64_t used_channels = channels;  // the first ones of each pixel, counted from `data`

  // Calls use(pixel), where pixel(i, j) is the address of a pixel of a tile's window, `size` x `size`. Most windows lie
  // inside the image and need no table of addresses.
  template <int64_t size, class Use>
  REFRACT_INLINE void window(int64_t tile, const TileGrid& grid, Use use) const {
    const int64_t left = tile % tile_columns * grid.stride + grid.left;
    const int64_t top = tile / tile_columns % tile_rows * grid.stride + grid.top;
    const int64_t extent = (size - 1) * grid.dilation;
    Float* image = data + tile / (tile_columns * tile_rows) * height * width * channels;
    if (top >= 0 && left >= 0 && top + extent < height && left + extent < width) {
      Float* corner = image + (top * width + left) * channels;
      const int64_t row_stride = grid.dilation * width * channels;
      const int64_t column_stride = grid.dilation * channels;
      return use([=](int64_t i, int64_t j) REFRACT_INLINED { return corner + i * row_stride + j * column_stride; });
    }
    std::array<Float*, size * size> pixels;
    for (int64_t i = 0; i < size; ++i)
      for (int64_t j = 0; j < size; ++j) {
        const int64_t y = top + i * grid.dilation;
        const int64_t x = left + j * grid.dilation;
        const bool inside = y >= 0 && y < height && x >= 0 && x < width;
        pixels[i * size + j] = inside ? image + (y * width + x) * channels : padding;
      }
    use([&](int64_t i, int64_t j) REFRACT_INLINED { return pixels[i * size + j]; });
  }
};

// A block of tiles at the points: [points, tiles, channels].
struct TransformedTiles {
  // The 16 extra floats keep point_stride from being a power of two in the usual case, where `tiles` or `channels` is
  // one. A power of two would map all points of a tile to the same few cache sets.
  TransformedTiles(Scratch use, int64_t count, int64_t tiles, int64_t channels_)
      : channels(channels_), point_stride(tiles * channels_ + 16), data(scratch(use, count * point_stride)) {}

  int64_t channels, point_stride;
  float* data;

  [[nodiscard]] REFRACT_INLINE float* matrix(int64_t point) const { return data + point * point_stride; }
};

// Applies a one-dimensional transform along columns, then along rows.
template <class Transform, int64_t Lanes, class Load, class Store>
REFRACT_INLINE void transform_2d(Load load, Store store) {
  std::array<std::array<Vector<Lanes>, Transform::from>, Transform::to> half_transformed;
#pragma GCC unroll 6
  for (int64_t j = 0; j < Transform::from; ++j) {
    std::array<Vector<Lanes>, Transform::from> column;
    std::array<Vector<Lanes>, Transform::to> result;
#pragma GCC unroll 6
    for (int64_t i = 0; i < Transform::from; ++i) column[i] = load(i, j);
    Transform::apply(column, result);
#pragma GCC unroll 6
    for (int64_t i = 0; i < Transform::to; ++i) half_transformed[i][j] = result[i];
  }
#pragma GCC unroll 6
  for (int64_t i = 0; i < Transform::to; ++i) {
    std::array<Vector<Lanes>, Transform::to> result;
    Transform::apply(half_transformed[i], result);
#pragma GCC unroll 6
    for (int64_t j = 0; j < Transform::to; ++j) store(i, j, result[j]);
  }
}

// Transforms one tile to the points. `to` is its first channel at point 0.
template <class Transform, int64_t Lanes>
REFRACT_INLINE void tile_to_points(const TiledImages<const float>& images, int64_t tile, const TileGrid& grid,
                                   float* to, int64_t point_stride) {
  images.template window<Transform::from>(tile, grid, [&](auto pixel) REFRACT_INLINED {
    for (int64_t c = 0; c < images.used_channels; c += Lanes)
      transform_2d<Transform, Lanes>(
          [&](int64_t i, int64_t j) REFRACT_INLINED { return Vector<Lanes>::load(pixel(i, j) + c); },
          [&](int64_t i, int64_t j, const Vector<Lanes>& value)
              REFRACT_INLINED { value.store(to + (i * Transform::to + j) * point_stride + c); });
  });
}

// Transforms one tile back to pixels. It adds the result to the pixels if `accumulate`; otherwise it writes the result
// plus the bias, if `bias` is not null.
template <class Transform, int64_t Lanes, bool accumulate>
REFRACT_INLINE void tile_to_pixels(const float* from, int64_t point_stride, const float* bias, int64_t tile,
                                   const TileGrid& grid, const TiledImages<float>& images) {
  images.template window<Transform::to>(tile, grid, [&](auto pixel) REFRACT_INLINED {
    for (int64_t c = 0; c < images.channels; c += Lanes) {
      const Vector<Lanes> initial = bias == nullptr ? Vector<Lanes>() : Vector<Lanes>::load(bias + c);
      transform_2d<Transform, Lanes>(
          [&](int64_t i, int64_t j)
              REFRACT_INLINED { return Vector<Lanes>::load(from + (i * Transform::from + j) * point_stride + c); },
          [&](int64_t i, int64_t j, const Vector<Lanes>& value) REFRACT_INLINED {
            float* to = pixel(i, j) + c;
            (value + (accumulate ? Vector<Lanes>::load(to) : initial)).store(to);
          });
    }
  });
}

// The tiles of a block. Both operands at all points should take a part of a usual L2 cache, but the block must be large
// enough to reuse the weights. floats_per_tile counts both sides.
inline int64_t tiles_per_block(int64_t floats_per_tile, int64_t tiles) {
  constexpr int64_t max_floats = 65'536;
  constexpr int64_t min_tiles = 64;
  return std::min(tiles, std::max(min_tiles, max_floats / floats_per_tile / 8 * 8));
}

}  // namespace refract::winograd
