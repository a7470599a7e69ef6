#include "refract/kernels/loops/strided_winograd.h"

#include <ATen/ops/empty.h>

#include "refract/kernels/loops/matrix_product.h"
#include "refract/kernels/loops/pixel_rows.h"
#include "refract/kernels/loops/strided_transforms.h"
#include "refract/kernels/loops/winograd_tiles.h"
#include "refract/kernels/loops/winograd_weights.h"

namespace refract {
namespace {

using namespace winograd;

constexpr int64_t kPoints = kStridedPoints * kStridedPoints;
constexpr int64_t kPhases = 4;  // of fine pixels: odd and even rows, odd and even columns

constexpr int64_t kAllPhases = -1;

enum class Pass { to_coarse, to_fine, gradient };

// `height` and `width` are those of the coarse image. A tile is 4x4 coarse pixels and the fine pixels that they read. A
// pass writes one of fine image, coarse image and weight to `result` and reads the other two.
struct Job {
  Pass pass;
  int64_t images, fine_channels, coarse_channels, height, width;
  const float *fine_image, *coarse_image, *weight;
  const float* bias;  // of the result; or null
  float* result;
  bool accumulate;             // to the gradient, [points, phases * fine, coarse], instead of overwriting it
  int64_t phase = kAllPhases;  // of the gradient: all, or one

  [[nodiscard]] int64_t product_stride() const {
    return Filters{fine_channels, coarse_channels, Kind::strided}.product_stride();
  }
};

// Calls use(grid, channel) for each phase, or for one only. The grid locates the pixels of the phase, and `channel` is
// its first channel at a point.
template <class Use>
REFRACT_INLINE void for_each_phase(int64_t channels, int64_t only, Use use) {
  const int64_t first = only == kAllPhases ? 0 : only;
  const int64_t end = only == kAllPhases ? kPhases : only + 1;
  for (int64_t phase = first; phase < end; ++phase)
    use(TileGrid{8, 2, phase / 2 - 1, phase % 2 - 1}, (phase - first) * channels);
}

template <int64_t Lanes>
REFRACT_INLINE void fine_to_points(const TiledImages<const float>& images, int64_t only, int64_t first, int64_t count,
                                   const TransformedTiles& to) {
  for (int64_t t = 0; t < count; ++t)
    for_each_phase(images.channels, only, [&](const TileGrid& grid, int64_t channel) REFRACT_INLINED {
      tile_to_points<FineToPoints, Lanes>(images, first + t, grid, to.data + t * to.channels + channel,
                                          to.point_stride);
    });
}

template <int64_t Lanes>
REFRACT_INLINE void points_to_fine(const TransformedTiles& from, int64_t first, int64_t count,
                                   const TiledImages<float>& images) {
  for (int64_t t = 0; t < count; ++t)
    for_each_phase(images.channels, kAllPhases, [&](const TileGrid& grid, int64_t channel) REFRACT_INLINED {
      tile_to_pixels<PointsToFine, Lanes, true>(from.data + t * from.channels + channel, from.point_stride, nullptr,
                                                first + t, grid, images);
    });
}

constexpr TileGrid kCoarseGrid{4, 1, 0, 0};

template <int64_t Lanes>
REFRACT_INLINE void coarse_to_points(const TiledImages<const float>& images, int64_t first, int64_t count,
                                     const TransformedTiles& to) {
  for (int64_t t = 0; t < count; ++t)
    tile_to_points<CoarseToPoints, Lanes>(images, first + t, kCoarseGrid, to.data + t * to.channels, to.point_stride);
}

template <int64_t Lanes>
REFRACT_INLINE void points_to_coarse(const TransformedTiles& from, const float* bias, int64_t first, int64_t count,
                                     const TiledImages<float>& images) {
  for (int64_t t = 0; t < count; ++t)
    tile_to_pixels<PointsToCoarse, Lanes, false>(from.data + t * from.channels, from.point_stride, bias, first + t,
                                                 kCoarseGrid, images);
}

// Multiplies with the packed weights at every point.
void multiply(const TransformedTiles& from, int64_t panel, int64_t count, const Job& job, const TransformedTiles& to) {
  for (int64_t p = 0; p < kPoints; ++p)
    for (int64_t column = 0; column < to.channels; column += panel)
      matrix_product({from.matrix(p), from.channels, 1}, count,
                     {job.weight + p * job.product_stride() + column * from.channels, panel}, panel, from.channels, {},
                     to.matrix(p) + column, to.channels);
}

// The weight gradient, of all phases or of one. A pass for one phase transforms the coarse image again.
template <int64_t Lanes>
REFRACT_INLINE void weight_gradient(const Job& job, const TiledImages<const float>& fine,
                                    const TiledImages<const float>& coarse, int64_t tiles) {
  const int64_t fine_point_channels = (job.phase == kAllPhases ? kPhases : 1) * job.fine_channels;
  const int64_t phase_offset = job.phase == kAllPhases ? 0 : job.phase * job.fine_channels * job.coarse_channels;
  const int64_t block = tiles_per_block(kPoints * (fine_point_channels + job.coarse_channels), tiles);
  const TransformedTiles fine_tiles(Scratch::left, kPoints, block, fine_point_channels);
  const TransformedTiles coarse_tiles(Scratch::right, kPoints, block, job.coarse_channels);
  for (int64_t first = 0; first < tiles; first += block) {
    const int64_t count = std::min(block, tiles - first);
    fine_to_points<Lanes>(fine, job.phase, first, count, fine_tiles);
    coarse_to_points<Lanes>(coarse, first, count, coarse_tiles);
    for (int64_t p = 0; p < kPoints; ++p) {
      float* c = job.result + p * job.product_stride() + phase_offset;
      matrix_product({fine_tiles.matrix(p), 1, fine_point_channels}, fine_point_channels,
                     {coarse_tiles.matrix(p), coarse_tiles.channels}, coarse_tiles.channels, count,
                     job.accumulate || first > 0 ? Addend{c, coarse_tiles.channels} : Addend{}, c,
                     coarse_tiles.channels);
    }
  }
}

template <int64_t Lanes>
REFRACT_INLINE void run_with(const Job& job) {
  const int64_t tile_rows = (job.height + 3) / 4;
  const int64_t tile_columns = (job.width + 3) / 4;
  const int64_t tiles = job.images * tile_rows * tile_columns;
  const int64_t max_channels = std::max(job.fine_channels, job.coarse_channels);
  const int64_t height = 2 * job.height;
  const int64_t width = 2 * job.width;
  float* discarded = scratch(Scratch::discarded, max_channels);
  const float* zeros = scratch(Scratch::zeros, max_channels);  // never written
  const TiledImages<const float> fine{job.fine_image, height, width, job.fine_channels, tile_rows, tile_columns, zeros};
  const TiledImages<const float> coarse{job.coarse_image, job.height,   job.width, job.coarse_channels,
                                        tile_rows,        tile_columns, zeros};
  if (job.pass == Pass::gradient) return weight_gradient<Lanes>(job, fine, coarse, tiles);

  const TiledImages<float> to_fine{job.result, height, width, job.fine_channels, tile_rows, tile_columns, discarded};
  const TiledImages<float> to_coarse{job.result, job.height,   job.width, job.coarse_channels,
                                     tile_rows,  tile_columns, discarded};
  if (job.pass == Pass::to_fine)
    fill_pixels(job.bias, job.images * height * width, job.fine_channels, job.result);  // their tiles overlap

  const int64_t block = tiles_per_block(kPoints * (kPhases * job.fine_channels + job.coarse_channels), tiles);
  const TransformedTiles fine_tiles(Scratch::left, kPoints, block, kPhases * job.fine_channels);
  const TransformedTiles coarse_tiles(Scratch::right, kPoints, block, job.coarse_channels);
  for (int64_t first = 0; first < tiles; first += block) {
    const int64_t count = std::min(block, tiles - first);
    if (job.pass == Pass::to_coarse) {
      fine_to_points<Lanes>(fine, kAllPhases, first, count, fine_tiles);
      multiply(fine_tiles, panel_width(job.coarse_channels), count, job, coarse_tiles);
      points_to_coarse<Lanes>(coarse_tiles, job.bias, first, count, to_coarse);
    } else {
      coarse_to_points<Lanes>(coarse, first, count, coarse_tiles);
      multiply(coarse_tiles, panel_width(job.fine_channels), count, job, fine_tiles);
      points_to_fine<Lanes>(fine_tiles, first, count, to_fine);
    }
  }
}

REFRACT_DEFINE_COPIES(run, Job)

class StridedWinograd : public SliceConvolution {
 public:
  explicit StridedWinograd(const ConvolutionShape& s)
      : strided_(s.filter == Filter::strided),
        fine_channels_(strided_ ? s.in_channels : s.out_channels),
        coarse_channels_(strided_ ? s.out_channels : s.in_channels),
        height_(strided_ ? s.height / 2 : s.height),
        width_(strided_ ? s.width / 2 : s.width) {}

  // In both directions `weight` is [coarse, fine, 4, 4].
  [[nodiscard]] Tensor pack_forward(const Tensor& weight) const override { return pack(strided_, weight); }
  [[nodiscard]] Tensor pack_backward(const Tensor& weight) const override { return pack(!strided_, weight); }
  [[nodiscard]] int64_t gradient_size() const override { return filters().size(); }
  [[nodiscard]] Tensor unpack_gradient(const Tensor& sums) const override {
    const Tensor gradient = at::empty({coarse_channels_, fine_channels_, 4, 4}, sums.options());
    winograd::unpack_gradient(filters(), sums.data_ptr<float>(), sums.size(0), sums.stride(0),
                              gradient.data_ptr<float>());
    return gradient;
  }

  void forward(int64_t images, const float* x, const float* packed, const float* bias, float* y) const override {
    pass(strided_, images, x, packed, bias, y);
  }
  void backward_data(int64_t images, const float* gy, const float* packed, float* gx) const override {
    pass(!strided_, images, gy, packed, nullptr, gx);
  }
  void backward_weight(int64_t images, const float* x, const float* gy, bool accumulate, float* packed,
                       float* bias) const override {
    weight_gradient(images, x, gy, accumulate, packed, kAllPhases);
    add_bias(images, gy, accumulate, bias);
  }
  [[nodiscard]] int64_t weight_parts() const override { return kPhases; }
  void backward_weight_part(int64_t phase, int64_t images, const float* x, const float* gy, float* packed,
                            float* bias) const override {
    weight_gradient(images, x, gy, false, packed, phase);
    if (phase == 0) add_bias(images, gy, false, bias);
  }

 private:
  [[nodiscard]] Filters filters() const { return {fine_channels_, coarse_channels_, Kind::strided}; }

  [[nodiscard]] Tensor pack(bool to_coarse, const Tensor& weight) const {
    const Tensor packed = at::empty({filters().size()}, weight.options());
    const Tensor from = weight.contiguous();
    (to_coarse ? winograd::pack_forward : winograd::pack_backward)(filters(), from.data_ptr<float>(),
                                                                   packed.data_ptr<float>());
    return packed;
  }

  void pass(bool to_coarse, int64_t images, const float* from, const float* packed, const float* bias,
            float* to) const {
    run({to_coarse ? Pass::to_coarse : Pass::to_fine, images, fine_channels_, coarse_channels_, height_, width_,
         to_coarse ? from : nullptr, to_coarse ? nullptr : from, packed, bias, to, false});
  }

  void weight_gradient(int64_t images, const float* x, const float* gy, bool accumulate, float* packed,
                       int64_t phase) const {
    run({Pass::gradient, images, fine_channels_, coarse_channels_, height_, width_, strided_ ? x : gy,
         strided_ ? gy : x, nullptr, nullptr, packed, accumulate, phase});
  }

  void add_bias(int64_t images, const float* gy, bool accumulate, float* bias) const {
    const int64_t out = strided_ ? coarse_channels_ : fine_channels_;
    const int64_t pixels = images * height_ * width_;
    if (!accumulate) std::fill_n(bias, out, 0.0F);
    add_pixels(gy, strided_ ? pixels : 4 * pixels, out, bias);
  }

  static void run(const Job& job) { REFRACT_DISPATCH(run)(job); }

  bool strided_;
  int64_t fine_channels_, coarse_channels_, height_, width_;
};

}  // namespace

std::unique_ptr<const SliceConvolution> strided_winograd(const ConvolutionShape& shape) {
  if (shape.in_channels % 16 != 0 || shape.out_channels % 16 != 0) return nullptr;
  return std::make_unique<StridedWinograd>(shape);
}

}  // namespace refract
