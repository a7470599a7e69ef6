#include "refract/kernels/winograd_loops.h"

#include <algorithm>

#include "refract/kernels/matrix_product.h"
#include "refract/kernels/winograd_points.h"
#include "refract/kernels/winograd_tiles.h"
#include "refract/kernels/winograd_weights.h"

namespace refract::winograd {
namespace {

// Tiles [first, first + count) to the points, and back.
template <class Step, int64_t Lanes>
REFRACT_INLINE void to_points(const Tiled<const float>& images, int64_t first, int64_t count, const Points& to) {
  constexpr Grid grid{Step::stride, 1, -Step::before, -Step::before};
  for (int64_t t = 0; t < count; ++t)
    tile_to_points<Step, Lanes>(images, first + t, grid, to.data + t * to.row, to.apart);
}

template <class Step, int64_t Lanes>
REFRACT_INLINE void to_pixels(const Points& from, const float* bias, int64_t first, int64_t count,
                              const Tiled<float>& images) {
  constexpr Grid grid{Step::stride, 1, 0, 0};
  for (int64_t t = 0; t < count; ++t)
    tile_to_pixels<Step, Lanes, false>(from.data + t * from.row, from.apart, bias, first + t, grid, images);
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
  const int64_t apart = Filters{in, out, Kind::same}.apart();
  const int64_t block = block_size(in_points * in + out_points * out, tiles);
  const Points left(Scratch::left, in_points, block, in);
  const Points right(Scratch::right, out_points, block, out);
  for (int64_t first = 0; first < tiles; first += block) {
    const int64_t count = std::min(block, tiles - first);
    to_points<In, Lanes>(from, first, count, left);
    std::array<bool, out_points> begun{};
    for (int64_t i = 0; i < products.count; ++i)
      for (int64_t j = 0; j < products.count; ++j) {
        const float* a = left.matrix(products.left[i] * In::to + products.left[j]);
        const float* w = weight + (i * products.count + j) * apart;
        const int64_t result = products.result[i] * Out::from + products.result[j];
        for (int64_t column = 0; column < out; column += panel, w += in * panel) {
          float* c = right.matrix(result) + column;
          matrix_product({a, in, 1}, count, {w, panel}, panel, in, begun[result] ? Start{c, out} : Start{}, c, out);
        }
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
  const int64_t used = gy.used;
  const int64_t apart = Filters{in, out, Kind::same}.apart();
  const int64_t block = block_size(in_points * in + out_points * used, tiles);
  const Points left(Scratch::left, in_points, block, in);
  const Points right(Scratch::right, out_points, block, used);
  float* bias = job.bias_gradient + job.first_out;
  if (!job.add) std::fill_n(bias, used, 0.0F);
  for (int64_t first = 0; first < tiles; first += block) {
    const int64_t count = std::min(block, tiles - first);
    to_points<In, Lanes>(x, first, count, left);
    to_points<Gradient, Lanes>(gy, first, count, right);
    float* c = job.result + job.first_out;
    for (int64_t i = 0; i < products.count; ++i)
      for (int64_t j = 0; j < products.count; ++j, c += apart) {
        const float* a = left.matrix(products.left[i] * In::to + products.left[j]);
        const float* b = right.matrix(i * products.count + j);
        matrix_product({a, 1, in}, in, {b, used}, used, count, job.add || first > 0 ? Start{c, out} : Start{}, c, out);
      }
    const float* sums = right.matrix(sum_point);
    for (int64_t t = 0; t < count; ++t)
      for (int64_t k = 0; k < used; ++k) bias[k] += sums[t * used + k];
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
  const Tiled<const float> part{job.gy + job.first_out, height, width, job.out, rows, columns, zeros, job.outs};
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
        weigh<Pixels4ToPoints4, Pixels4ToPoints5, Lanes>(kUpSampled, x, part, tiles, job);
      else
        weigh<Pixels6ToPoints6, Pixels4ToPoints6, Lanes>(kEach, x, part, tiles, job);
      return;
  }
}

REFRACT_COPIES(run, Job)

}  // namespace

void run(const Job& job) {
  REFRACT_CHOSEN(run)(job);
}

}  // namespace refract::winograd
