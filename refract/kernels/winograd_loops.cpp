#include "refract/kernels/winograd_loops.h"

#include <algorithm>

#include "refract/kernels/matrix_product.h"
#include "refract/kernels/scratch.h"
#include "refract/kernels/winograd_points.h"
#include "refract/kernels/winograd_weights.h"

namespace refract::winograd {
namespace {

// Of a block of tiles at all points, on both sides: a part of a usual second-level cache.
constexpr int64_t kBlockFloats = 65'536;
constexpr int64_t kFewestTiles = 64;  // of a block, so that reading the weights is worth it

// Images that are read or written tile by tile. What lies outside reads as zeros, and is written to where nobody looks.
template <class Float>
struct Tiled {
  Float* data;
  int64_t height, width, channels, rows, columns;  // rows and columns of tiles in an image
  Float* outside;

  // Calls use(pixel(i, j)) with where the pixels of a window of `size` x `size` are. Most windows lie inside, where
  // that needs no table.
  template <int64_t size, class Use>
  REFRACT_INLINE void window(int64_t tile, int64_t stride, int64_t before, Use use) const {
    const int64_t left = tile % columns * stride - before;
    const int64_t top = tile / columns % rows * stride - before;
    Float* image = data + tile / (columns * rows) * height * width * channels;
    if (top >= 0 && left >= 0 && top + size <= height && left + size <= width) {
      Float* corner = image + (top * width + left) * channels;
      const int64_t row = width * channels;
      const int64_t column = channels;
      return use([=](int64_t i, int64_t j) REFRACT_INLINED { return corner + i * row + j * column; });
    }
    std::array<Float*, size * size> pixels;
    for (int64_t i = 0; i < size; ++i)
      for (int64_t j = 0; j < size; ++j) {
        const int64_t y = top + i;
        const int64_t x = left + j;
        const bool inside = y >= 0 && y < height && x >= 0 && x < width;
        pixels[i * size + j] = inside ? image + (y * width + x) * channels : outside;
      }
    use([&](int64_t i, int64_t j) REFRACT_INLINED { return pixels[i * size + j]; });
  }
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

// Floats from one point to the next. Were it a power of two, all points of a tile would share a few cache lines'
// places.
REFRACT_INLINE int64_t plane(int64_t tiles, int64_t channels) {
  return tiles * channels + 16;
}

// Tiles [first, first + count) at the points: [to, to, count, channels], but see plane().
template <class Step, int64_t Lanes>
REFRACT_INLINE void to_points(const Tiled<const float>& images, int64_t first, int64_t count, float* points) {
  const int64_t channels = images.channels;
  const int64_t apart = plane(count, channels);
  for (int64_t t = 0; t < count; ++t)
    images.template window<Step::from>(first + t, Step::stride, Step::before, [&](auto pixel) REFRACT_INLINED {
      for (int64_t c = 0; c < channels; c += Lanes)
        both_ways<Step, Lanes>(
            [&](int64_t i, int64_t j) REFRACT_INLINED { return Vector<Lanes>::load(pixel(i, j) + c); },
            [&](int64_t i, int64_t j, const Vector<Lanes>& value)
                REFRACT_INLINED { value.store(points + (i * Step::to + j) * apart + t * channels + c); });
    });
}

template <class Step, int64_t Lanes>
REFRACT_INLINE void to_pixels(const float* points, const float* bias, int64_t first, int64_t count,
                              const Tiled<float>& images) {
  const int64_t channels = images.channels;
  const int64_t apart = plane(count, channels);
  for (int64_t t = 0; t < count; ++t)
    images.template window<Step::to>(first + t, Step::stride, 0, [&](auto pixel) REFRACT_INLINED {
      for (int64_t c = 0; c < channels; c += Lanes) {
        const Vector<Lanes> start = bias == nullptr ? Vector<Lanes>() : Vector<Lanes>::load(bias + c);
        both_ways<Step, Lanes>(
            [&](int64_t i, int64_t j) REFRACT_INLINED {
              return Vector<Lanes>::load(points + (i * Step::from + j) * apart + t * channels + c);
            },
            [&](int64_t i, int64_t j, const Vector<Lanes>& value)
                REFRACT_INLINED { (value + start).store(pixel(i, j) + c); });
      }
    });
}

int64_t block_size(int64_t floats_of_a_tile, int64_t tiles) {
  return std::min(tiles, std::max(kFewestTiles, kBlockFloats / floats_of_a_tile / 8 * 8));
}

// From images with `in` channels to images with `out`, for the values and for the gradient of x.
template <class In, class Out, int64_t Lanes>
REFRACT_INLINE void convolve(const Products& products, const Tiled<const float>& from, const float* weight,
                             const float* bias, const Tiled<float>& to, int64_t tiles) {
  constexpr int64_t in_points = In::to * In::to;
  constexpr int64_t out_points = Out::from * Out::from;
  const int64_t in = from.channels;
  const int64_t out = to.channels;
  const int64_t panel = panel_width(out);
  const int64_t block = block_size(in_points * in + out_points * out, tiles);
  float* left = scratch(Scratch::left, in_points * plane(block, in));
  float* right = scratch(Scratch::right, out_points * plane(block, out));
  for (int64_t first = 0; first < tiles; first += block) {
    const int64_t count = std::min(block, tiles - first);
    to_points<In, Lanes>(from, first, count, left);
    std::array<bool, out_points> begun{};
    const float* w = weight;
    for (int64_t i = 0; i < products.count; ++i)
      for (int64_t j = 0; j < products.count; ++j) {
        const float* a = left + (products.left[i] * In::to + products.left[j]) * plane(count, in);
        const int64_t result = products.result[i] * Out::from + products.result[j];
        for (int64_t column = 0; column < out; column += panel, w += in * panel)
          matrix_product({a, in, 1}, count, {w, panel}, panel, in, begun[result],
                         right + result * plane(count, out) + column, out);
        begun[result] = true;
      }
    to_pixels<Out, Lanes>(right, bias, first, count, to);
  }
}

template <class In, class Gradient, int64_t Lanes>
REFRACT_INLINE void weigh(const Products& products, const Tiled<const float>& x, const Tiled<const float>& gy,
                          int64_t tiles, const Job& job) {
  constexpr int64_t in_points = In::to * In::to;
  constexpr int64_t out_points = Gradient::to * Gradient::to;
  constexpr int64_t sum_point = Gradient::to + 1;  // the point 1: there a tile is its sum
  const int64_t in = x.channels;
  const int64_t out = gy.channels;
  const int64_t block = block_size(in_points * in + out_points * out, tiles);
  float* left = scratch(Scratch::left, in_points * plane(block, in));
  float* right = scratch(Scratch::right, out_points * plane(block, out));
  if (!job.add) std::fill_n(job.bias_gradient, out, 0.0F);
  for (int64_t first = 0; first < tiles; first += block) {
    const int64_t count = std::min(block, tiles - first);
    to_points<In, Lanes>(x, first, count, left);
    to_points<Gradient, Lanes>(gy, first, count, right);
    float* c = job.result;
    for (int64_t i = 0; i < products.count; ++i)
      for (int64_t j = 0; j < products.count; ++j, c += in * out) {
        const float* a = left + (products.left[i] * In::to + products.left[j]) * plane(count, in);
        const float* b = right + (i * products.count + j) * plane(count, out);
        matrix_product({a, 1, in}, in, {b, out}, out, count, job.add || first > 0, c, out);
      }
    const float* sums = right + sum_point * plane(count, out);
    for (int64_t t = 0; t < count; ++t)
      for (int64_t k = 0; k < out; ++k) job.bias_gradient[k] += sums[t * out + k];
  }
}

template <int64_t Lanes>
REFRACT_INLINE void run_with(const Job& job) {
  const int64_t height = job.up ? 2 * job.height : job.height;
  const int64_t width = job.up ? 2 * job.width : job.width;
  const int64_t rows = (height + 3) / 4;
  const int64_t columns = (width + 3) / 4;
  const int64_t tiles = job.images * rows * columns;
  const int64_t most = std::max(job.in, job.out);
  float* outside = scratch(Scratch::outside, most);
  const float* zeros = scratch(Scratch::zeros, most);  // as new ones are; never written
  const Tiled<const float> x{job.x, job.height, job.width, job.in, rows, columns, zeros};
  const Tiled<const float> gy{job.gy, height, width, job.out, rows, columns, zeros};
  const Tiled<float> y{job.result, height, width, job.out, rows, columns, outside};
  const Tiled<float> gx{job.result, job.height, job.width, job.in, rows, columns, outside};
  switch (job.pass) {
    case Pass::forward:
      if (job.up)
        convolve<Pixels4ToPoints4, Points5ToPixels4, Lanes>(kUpSampled, x, job.weight, job.bias, y, tiles);
      else
        convolve<Pixels6ToPoints6, Points6ToPixels4, Lanes>(kEach, x, job.weight, job.bias, y, tiles);
      return;
    case Pass::backward_data:
      if (job.up)
        convolve<Pixels6ToPoints5, Points4ToPixels2, Lanes>(kSummed, gy, job.weight, nullptr, gx, tiles);
      else
        convolve<Pixels6ToPoints6, Points6ToPixels4, Lanes>(kEach, gy, job.weight, nullptr, gx, tiles);
      return;
    case Pass::backward_weight:
      if (job.up)
        weigh<Pixels4ToPoints4, Pixels4ToPoints5, Lanes>(kUpSampled, x, gy, tiles, job);
      else
        weigh<Pixels6ToPoints6, Pixels4ToPoints6, Lanes>(kEach, x, gy, tiles, job);
      return;
  }
}

#ifdef REFRACT_X86
REFRACT_AVX512 void run_avx512(const Job& job) {
  run_with<16>(job);
}
REFRACT_AVX2 void run_avx2(const Job& job) {
  run_with<8>(job);
}
#endif
void run_any(const Job& job) {
  run_with<4>(job);
}

}  // namespace

void run(const Job& job) {
  REFRACT_CHOSEN(run)(job);
}

}  // namespace refract::winograd
