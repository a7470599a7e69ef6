#include "refract/kernels/loops/winograd_loops.h"

#include <algorithm>

#include "refract/kernels/loops/matrix_product.h"
#include "refract/kernels/loops/winograd_tiles.h"
#include "refract/kernels/loops/winograd_transforms.h"
#include "refract/kernels/loops/winograd_weights.h"

namespace refract::winograd {
namespace {

// Transforms the tiles [first, first + count) to the points, and back.
template <class Transform, int64_t Lanes>
REFRACT_INLINE void tiles_to_points(const TiledImages<const float>& images, int64_t first, int64_t count,
                                    const TransformedTiles& to) {
  constexpr TileGrid grid{Transform::stride, 1, -Transform::padding, -Transform::padding};
  for (int64_t t = 0; t < count; ++t)
    tile_to_points<Transform, Lanes>(images, first + t, grid, to.data + t * to.channels, to.point_stride);
}

template <class Transform, int64_t Lanes>
REFRACT_INLINE void tiles_to_pixels(const TransformedTiles& from, const float* bias, int64_t first, int64_t count,
                                    const TiledImages<float>& images) {
  constexpr TileGrid grid{Transform::stride, 1, 0, 0};
  for (int64_t t = 0; t < count; ++t)
    tile_to_pixels<Transform, Lanes, false>(from.data + t * from.channels, from.point_stride, bias, first + t, grid,
                                            images);
}

// The forward pass from x to y, or the backward pass from gy to gx. `in` and `out` are the sides of this pass.
template <class Input, class Output, int64_t Lanes>
REFRACT_INLINE void convolve(const ProductIndices& products, const TiledImages<const float>& from, const float* weight,
                             const float* bias, const TiledImages<float>& to, int64_t tiles) {
  constexpr int64_t in_points = Input::to * Input::to;
  constexpr int64_t out_points = Output::from * Output::from;
  const int64_t in_channels = from.channels;
  const int64_t out_channels = to.channels;
  const int64_t panel = panel_width(out_channels);
  const int64_t product_stride = Filters{in_channels, out_channels, Kind::same}.product_stride();
  const int64_t block = tiles_per_block(in_points * in_channels + out_points * out_channels, tiles);
  const TransformedTiles input_tiles(Scratch::left, in_points, block, in_channels);
  const TransformedTiles output_tiles(Scratch::right, out_points, block, out_channels);
  for (int64_t first = 0; first < tiles; first += block) {
    const int64_t count = std::min(block, tiles - first);
    tiles_to_points<Input, Lanes>(from, first, count, input_tiles);
    std::array<bool, out_points> started{};
    for (int64_t i = 0; i < products.count; ++i)
      for (int64_t j = 0; j < products.count; ++j) {
        const float* a = input_tiles.matrix(products.input[i] * Input::to + products.input[j]);
        const float* w = weight + (i * products.count + j) * product_stride;
        const int64_t output_point = products.output[i] * Output::from + products.output[j];
        for (int64_t column = 0; column < out_channels; column += panel, w += in_channels * panel) {
          float* c = output_tiles.matrix(output_point) + column;
          matrix_product({a, in_channels, 1}, count, {w, panel}, panel, in_channels,
                         started[output_point] ? Addend{c, out_channels} : Addend{}, c, out_channels);
        }
        started[output_point] = true;
      }
    tiles_to_pixels<Output, Lanes>(output_tiles, bias, first, count, to);
  }
}

template <class Input, class Gradient, int64_t Lanes>
REFRACT_INLINE void weight_gradient(const ProductIndices& products, const TiledImages<const float>& x,
                                    const TiledImages<const float>& gy, int64_t tiles, const Job& job) {
  constexpr int64_t in_points = Input::to * Input::to;
  constexpr int64_t out_points = Gradient::to * Gradient::to;
  constexpr int64_t sum_point = Gradient::to + 1;  // (1, 1): its value is the sum of the tile, for the bias
  const int64_t in_channels = x.channels;
  const int64_t out_channels = gy.channels;
  const int64_t used_channels = gy.used_channels;
  const int64_t product_stride = Filters{in_channels, out_channels, Kind::same}.product_stride();
  const int64_t block = tiles_per_block(in_points * in_channels + out_points * used_channels, tiles);
  const TransformedTiles input_tiles(Scratch::left, in_points, block, in_channels);
  const TransformedTiles output_tiles(Scratch::right, out_points, block, used_channels);
  float* bias = job.bias_gradient + job.first_out_channel;
  if (!job.accumulate) std::fill_n(bias, used_channels, 0.0F);
  for (int64_t first = 0; first < tiles; first += block) {
    const int64_t count = std::min(block, tiles - first);
    tiles_to_points<Input, Lanes>(x, first, count, input_tiles);
    tiles_to_points<Gradient, Lanes>(gy, first, count, output_tiles);
    float* c = job.result + job.first_out_channel;
    for (int64_t i = 0; i < products.count; ++i)
      for (int64_t j = 0; j < products.count; ++j, c += product_stride) {
        const float* a = input_tiles.matrix(products.input[i] * Input::to + products.input[j]);
        const float* b = output_tiles.matrix(i * products.count + j);
        matrix_product({a, 1, in_channels}, in_channels, {b, used_channels}, used_channels, count,
                       job.accumulate || first > 0 ? Addend{c, out_channels} : Addend{}, c, out_channels);
      }
    const float* sums = output_tiles.matrix(sum_point);
    for (int64_t t = 0; t < count; ++t)
      for (int64_t k = 0; k < used_channels; ++k) bias[k] += sums[t * used_channels + k];
  }
}

template <int64_t Lanes>
REFRACT_INLINE void run_with(const Job& job) {
  const int64_t height = job.up_sampled ? 2 * job.height : job.height;
  const int64_t width = job.up_sampled ? 2 * job.width : job.width;
  const int64_t tile_rows = (height + 3) / 4;
  const int64_t tile_columns = (width + 3) / 4;
  const int64_t tiles = job.images * tile_rows * tile_columns;
  const int64_t max_channels = std::max(job.in_channels, job.out_channels);
  float* discarded = scratch(Scratch::discarded, max_channels);
  const float* zeros = scratch(Scratch::zeros, max_channels);  // never written
  const TiledImages<const float> x{job.x, job.height, job.width, job.in_channels, tile_rows, tile_columns, zeros};
  const TiledImages<const float> gy{job.gy, height, width, job.out_channels, tile_rows, tile_columns, zeros};
  const TiledImages<const float> gy_part{
      job.gy + job.first_out_channel, height, width, job.out_channels, tile_rows, tile_columns, zeros,
      job.out_channel_count};
  const TiledImages<float> y{job.result, height, width, job.out_channels, tile_rows, tile_columns, discarded};
  const TiledImages<float> gx{job.result, job.height, job.width, job.in_channels, tile_rows, tile_columns, discarded};
  switch (job.pass) {
    case Pass::forward:
      if (job.up_sampled)
        convolve<UpSampledInputTransform, UpSampledOutputTransform, Lanes>(kUpSampledProducts, x, job.weight, job.bias,
                                                                           y, tiles);
      else
        convolve<InputTransform, OutputTransform, Lanes>(kPlainProducts, x, job.weight, job.bias, y, tiles);
      return;
    case Pass::backward_data:
      if (job.up_sampled)
        convolve<SummedInputTransform, SummedOutputTransform, Lanes>(kSummedProducts, gy, job.weight, nullptr, gx,
                                                                     tiles);
      else
        convolve<InputTransform, OutputTransform, Lanes>(kPlainProducts, gy, job.weight, nullptr, gx, tiles);
      return;
    case Pass::backward_weight:
      if (job.up_sampled)
        weight_gradient<UpSampledInputTransform, UpSampledGradientTransform, Lanes>(kUpSampledProducts, x, gy_part,
                                                                                    tiles, job);
      else
        weight_gradient<InputTransform, GradientTransform, Lanes>(kPlainProducts, x, gy_part, tiles, job);
      return;
  }
}

REFRACT_DEFINE_COPIES(run, Job)

}  // namespace

void run(const Job& job) {
  REFRACT_DISPATCH(run)(job);
}

}  // namespace refract::winograd
