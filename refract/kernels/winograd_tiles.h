// Images as tiles, and tiles at the points of Winograd's convolution: what its loops have in common.
#pragma once

#include <algorithm>
#include <array>

#include "refract/kernels/scratch.h"
#include "refract/kernels/vectors.h"

namespace refract::winograd {

// Where the pixels of a tile's window are: windows stand `stride` apart, the first begins at (top, left), and the
// pixels of one are `step` apart.
struct Grid {
  int64_t stride, step, top, left;
};

// Images that are read or written tile by tile. What lies outside reads as zeros, and is written to where nobody looks.
template <class Float>
struct Tiled {
  Float* data;
  int64_t height, width, channels, rows, columns;  // rows and columns of tiles in an image
  Float* outside;
  int64_t used = channels;  // of each pixel, from `data` on

  // Calls use(pixel(i, j)) with where the pixels of a window of `size` x `size` are. Most windows lie inside, where
  // that needs no table.
  template <int64_t size, class Use>
  REFRACT_INLINE void window(int64_t tile, const Grid& grid, Use use) const {
    const int64_t left = tile % columns * grid.stride + grid.left;
    const int64_t top = tile / columns % rows * grid.stride + grid.top;
    const int64_t reach = (size - 1) * grid.step;
    Float* image = data + tile / (columns * rows) * height * width * channels;
    if (top >= 0 && left >= 0 && top + reach < height && left + reach < width) {
      Float* corner = image + (top * width + left) * channels;
      const int64_t row = grid.step * width * channels;
      const int64_t column = grid.step * channels;
      return use([=](int64_t i, int64_t j) REFRACT_INLINED { return corner + i * row + j * column; });
    }
    std::array<Float*, size * size> pixels;
    for (int64_t i = 0; i < size; ++i)
      for (int64_t j = 0; j < size; ++j) {
        const int64_t y = top + i * grid.step;
        const int64_t x = left + j * grid.step;
        const bool inside = y >= 0 && y < height && x >= 0 && x < width;
        pixels[i * size + j] = inside ? image + (y * width + x) * channels : outside;
      }
    use([&](int64_t i, int64_t j) REFRACT_INLINED { return pixels[i * size + j]; });
  }
};

// A block of tiles at the points, each a matrix with a row for each tile.
struct Points {
  // Were it a power of two from one point to the next, all points of a tile would share a few cache lines' places.
  Points(Scratch use, int64_t count, int64_t tiles, int64_t channels)
      : row(channels), apart(tiles * channels + 16), data(scratch(use, count * apart)) {}

  int64_t row, apart;
  float* data;

  [[nodiscard]] REFRACT_INLINE float* matrix(int64_t point) const { return data + point * apart; }
};

// A step along columns, then along rows.
template <class Step, int64_t Lanes, class Load, class Store>
REFRACT_INLINE void both_ways(Load load, Store store) {
  std::array<std::array<Vector<Lanes>, Step::from>, Step::to> half;
#pragma GCC unroll 6
  for (int64_t j = 0; j < Step::from; ++j) {
    std::array<Vector<Lanes>, Step::from> column;
    std::array<Vector<Lanes>, Step::to> result;
#pragma GCC unroll 6
    for (int64_t i = 0; i < Step::from; ++i) column[i] = load(i, j);
    Step::apply(column, result);
#pragma GCC unroll 6
    for (int64_t i = 0; i < Step::to; ++i) half[i][j] = result[i];
  }
#pragma GCC unroll 6
  for (int64_t i = 0; i < Step::to; ++i) {
    std::array<Vector<Lanes>, Step::to> result;
    Step::apply(half[i], result);
#pragma GCC unroll 6
    for (int64_t j = 0; j < Step::to; ++j) store(i, j, result[j]);
  }
}

// One tile to its row at the points, whose channels begin at `to`.
template <class Step, int64_t Lanes>
REFRACT_INLINE void tile_to_points(const Tiled<const float>& images, int64_t tile, const Grid& grid, float* to,
                                   int64_t apart) {
  images.template window<Step::from>(tile, grid, [&](auto pixel) REFRACT_INLINED {
    for (int64_t c = 0; c < images.used; c += Lanes)
      both_ways<Step, Lanes>([&](int64_t i, int64_t j) REFRACT_INLINED { return Vector<Lanes>::load(pixel(i, j) + c); },
                             [&](int64_t i, int64_t j, const Vector<Lanes>& value)
                                 REFRACT_INLINED { value.store(to + (i * Step::to + j) * apart + c); });
  });
}

// And back. Where `add`, to what the pixels are; otherwise they become the result and the bias.
template <class Step, int64_t Lanes, bool add>
REFRACT_INLINE void tile_to_pixels(const float* from, int64_t apart, const float* bias, int64_t tile, const Grid& grid,
                                   const Tiled<float>& images) {
  images.template window<Step::to>(tile, grid, [&](auto pixel) REFRACT_INLINED {
    for (int64_t c = 0; c < images.channels; c += Lanes) {
      const Vector<Lanes> start = bias == nullptr ? Vector<Lanes>() : Vector<Lanes>::load(bias + c);
      both_ways<Step, Lanes>(
          [&](int64_t i, int64_t j)
              REFRACT_INLINED { return Vector<Lanes>::load(from + (i * Step::from + j) * apart + c); },
          [&](int64_t i, int64_t j, const Vector<Lanes>& value) REFRACT_INLINED {
            float* to = pixel(i, j) + c;
            (value + (add ? Vector<Lanes>::load(to) : start)).store(to);
          });
    }
  });
}

// Tiles that go through caches together: on both sides at all points a part of a usual second-level cache, but enough
// that reading the weights is worth it.
inline int64_t block_size(int64_t floats_of_a_tile, int64_t tiles) {
  constexpr int64_t most_floats = 65'536;
  constexpr int64_t fewest_tiles = 64;
  return std::min(tiles, std::max(fewest_tiles, most_floats / floats_of_a_tile / 8 * 8));
}

}  // namespace refract::winograd
