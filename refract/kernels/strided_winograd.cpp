#include "refract/kernels/strided_winograd.h"

#include <ATen/ops/empty.h>

#include "refract/kernels/matrix_product.h"
#include "refract/kernels/pixel_rows.h"
#include "refract/kernels/strided_points.h"
#include "refract/kernels/winograd_tiles.h"
#include "refract/kernels/winograd_weights.h"

namespace refract {
namespace {

using namespace winograd;

constexpr int64_t kPoints = kStridedPoints * kStridedPoints;
constexpr int64_t kPhases = 4;  // of fine pixels: even and odd rows, even and odd columns

constexpr int64_t kAll = -1;

enum class Pass { to_coarse, to_fine, gradient };

// `height` and `width` are the coarse image's; the tiles of both images are those of 4 x 4 coarse pixels. What a pass
// makes is `result`, what it reads are the other two.
struct Job {
  Pass pass;
  int64_t images, fine, coarse, height, width;
  const float *of_fine, *of_coarse, *weight;
  const float* bias;  // of what is made; or null
  float* result;
  bool add;             // to the gradient, [points, phases * fine, coarse]
  int64_t part = kAll;  // of the gradient: all of it, or a phase

  [[nodiscard]] int64_t apart() const { return Filters{fine, coarse, Kind::strided}.apart(); }  // weights of points
};

// Calls use(grid, channel) for each phase, or one alone: where its pixels are, and where its channels begin among those
// at a point.
template <class Use>
REFRACT_INLINE void each_phase(int64_t channels, int64_t alone, Use use) {
  const int64_t first = alone == kAll ? 0 : alone;
  const int64_t end = alone == kAll ? kPhases : alone + 1;
  for (int64_t phase = first; phase < end; ++phase)
    use(Grid{8, 2, phase / 2 - 1, phase % 2 - 1}, (phase - first) * channels);
}

template <int64_t Lanes>
REFRACT_INLINE void fine_to_points(const Tiled<const float>& images, int64_t alone, int64_t first, int64_t count,
                                   const Points& to) {
  for (int64_t t = 0; t < count; ++t)
    each_phase(images.channels, alone, [&](const Grid& grid, int64_t channel) REFRACT_INLINED {
      tile_to_points<FineToPoints, Lanes>(images, first + t, grid, to.data + t * to.row + channel, to.apart);
    });
}

template <int64_t Lanes>
REFRACT_INLINE void points_to_fine(const Points& from, int64_t first, int64_t count, const Tiled<float>& images) {
  for (int64_t t = 0; t < count; ++t)
    each_phase(images.channels, kAll, [&](const Grid& grid, int64_t channel) REFRACT_INLINED {
      tile_to_pixels<PointsToFine, Lanes, true>(from.data + t * from.row + channel, from.apart, nullptr, first + t,
                                                grid, images);
    });
}

constexpr Grid kCoarse{4, 1, 0, 0};

template <int64_t Lanes>
REFRACT_INLINE void coarse_to_points(const Tiled<const float>& images, int64_t first, int64_t count, const Points& to) {
  for (int64_t t = 0; t < count; ++t)
    tile_to_points<CoarseToPoints, Lanes>(images, first + t, kCoarse, to.data + t * to.row, to.apart);
}

template <int64_t Lanes>
REFRACT_INLINE void points_to_coarse(const Points& from, const float* bias, int64_t first, int64_t count,
                                     const Tiled<float>& images) {
  for (int64_t t = 0; t < count; ++t)
    tile_to_pixels<PointsToCoarse, Lanes, false>(from.data + t * from.row, from.apart, bias, first + t, kCoarse,
                                                 images);
}

// At every point a product with the weights, [points, columns / panel, rows, panel].
void multiply(const Points& from, int64_t panel, int64_t count, const Job& job, const Points& to) {
  for (int64_t p = 0; p < kPoints; ++p)
    for (int64_t column = 0; column < to.row; column += panel)
      matrix_product({from.matrix(p), from.row, 1}, count, {job.weight + p * job.apart() + column * from.row, panel},
                     panel, from.row, {}, to.matrix(p) + column, to.row);
}

// The gradient, of all phases or of one, for each of which the coarse image goes to the points again.
template <int64_t Lanes>
REFRACT_INLINE void weigh(const Job& job, const Tiled<const float>& fine, const Tiled<const float>& coarse,
                          int64_t tiles) {
  const int64_t rows = (job.part == kAll ? kPhases : 1) * job.fine;
  const int64_t before = job.part == kAll ? 0 : job.part * job.fine * job.coarse;
  const int64_t block = block_size(kPoints * (rows + job.coarse), tiles);
  const Points left(Scratch::left, kPoints, block, rows);
  const Points right(Scratch::right, kPoints, block, job.coarse);
  for (int64_t first = 0; first < tiles; first += block) {
    const int64_t count = std::min(block, tiles - first);
    fine_to_points<Lanes>(fine, job.part, first, count, left);
    coarse_to_points<Lanes>(coarse, first, count, right);
    for (int64_t p = 0; p < kPoints; ++p) {
      float* c = job.result + p * job.apart() + before;
      matrix_product({left.matrix(p), 1, rows}, rows, {right.matrix(p), right.row}, right.row, count,
                     job.add || first > 0 ? Start{c, right.row} : Start{}, c, right.row);
    }
  }
}

template <int64_t Lanes>
REFRACT_INLINE void run_with(const Job& job) {
  const int64_t rows = (job.height + 3) / 4;
  const int64_t columns = (job.width + 3) / 4;
  const int64_t tiles = job.images * rows * columns;
  const int64_t most = std::max(job.fine, job.coarse);
  const int64_t height = 2 * job.height;
  const int64_t width = 2 * job.width;
  float* outside = scratch(Scratch::outside, most);
  const float* zeros = scratch(Scratch::zeros, most);  // as new ones are; never written
  const Tiled<const float> fine{job.of_fine, height, width, job.fine, rows, columns, zeros};
  const Tiled<const float> coarse{job.of_coarse, job.height, job.width, job.coarse, rows, columns, zeros};
  if (job.pass == Pass::gradient) return weigh<Lanes>(job, fine, coarse, tiles);

  const Tiled<float> to_fine{job.result, height, width, job.fine, rows, columns, outside};
  const Tiled<float> to_coarse{job.result, job.height, job.width, job.coarse, rows, columns, outside};
  if (job.pass == Pass::to_fine)
    fill_pixels(job.bias, job.images * height * width, job.fine, job.result);  // tiles overlap

  const int64_t block = block_size(kPoints * (kPhases * job.fine + job.coarse), tiles);
  const Points left(Scratch::left, kPoints, block, kPhases * job.fine);
  const Points right(Scratch::right, kPoints, block, job.coarse);
  for (int64_t first = 0; first < tiles; first += block) {
    const int64_t count = std::min(block, tiles - first);
    if (job.pass == Pass::to_coarse) {
      fine_to_points<Lanes>(fine, kAll, first, count, left);
      multiply(left, panel_width(job.coarse), count, job, right);
      points_to_coarse<Lanes>(right, job.bias, first, count, to_coarse);
    } else {
      coarse_to_points<Lanes>(coarse, first, count, right);
      multiply(right, panel_width(job.fine), count, job, left);
      points_to_fine<Lanes>(left, first, count, to_fine);
    }
  }
}

REFRACT_COPIES(run, Job)

class StridedWinograd : public SliceConvolution {
 public:
  explicit StridedWinograd(const ConvolutionShape& s)
      : strided_(s.filter == Filter::strided),
        fine_(strided_ ? s.in : s.out),
        coarse_(strided_ ? s.out : s.in),
        height_(strided_ ? s.height / 2 : s.height),
        width_(strided_ ? s.width / 2 : s.width) {}

  // Either way `weight` is [coarse, fine, 4, 4].
  [[nodiscard]] Tensor pack_forward(const Tensor& weight) const override { return pack(strided_, weight); }
  [[nodiscard]] Tensor pack_backward(const Tensor& weight) const override { return pack(!strided_, weight); }
  [[nodiscard]] int64_t gradient_size() const override { return filters().size(); }
  [[nodiscard]] Tensor unpack_gradient(const Tensor& sums) const override {
    const Tensor gradient = at::empty({coarse_, fine_, 4, 4}, sums.options());
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
  void backward_weight(int64_t images, const float* x, const float* gy, bool add, float* packed,
                       float* bias) const override {
    weigh(images, x, gy, add, packed, kAll);
    add_bias(images, gy, add, bias);
  }
  [[nodiscard]] int64_t weight_parts() const override { return kPhases; }
  void backward_weight_part(int64_t part, int64_t images, const float* x, const float* gy, float* packed,
                            float* bias) const override {
    weigh(images, x, gy, false, packed, part);
    if (part == 0) add_bias(images, gy, false, bias);
  }

 private:
  [[nodiscard]] Filters filters() const { return {fine_, coarse_, Kind::strided}; }

  [[nodiscard]] Tensor pack(bool to_coarse, const Tensor& weight) const {
    const Tensor packed = at::empty({filters().size()}, weight.options());
    const Tensor from = weight.contiguous();
    (to_coarse ? winograd::pack_forward : winograd::pack_backward)(filters(), from.data_ptr<float>(),
                                                                   packed.data_ptr<float>());
    return packed;
  }

  void pass(bool to_coarse, int64_t images, const float* from, const float* packed, const float* bias,
            float* to) const {
    run({to_coarse ? Pass::to_coarse : Pass::to_fine, images, fine_, coarse_, height_, width_,
         to_coarse ? from : nullptr, to_coarse ? nullptr : from, packed, bias, to, false});
  }

  void weigh(int64_t images, const float* x, const float* gy, bool add, float* packed, int64_t part) const {
    run({Pass::gradient, images, fine_, coarse_, height_, width_, strided_ ? x : gy, strided_ ? gy : x, nullptr,
         nullptr, packed, add, part});
  }

  void add_bias(int64_t images, const float* gy, bool add, float* bias) const {
    const int64_t out = strided_ ? coarse_ : fine_;
    const int64_t pixels = images * height_ * width_;
    if (!add) std::fill_n(bias, out, 0.0F);
    add_pixels(gy, strided_ ? pixels : 4 * pixels, out, bias);
  }

  static void run(const Job& job) { REFRACT_CHOSEN(run)(job); }

  bool strided_;
  int64_t fine_, coarse_, height_, width_;
};

}  // namespace

std::unique_ptr<const SliceConvolution> strided_winograd(const ConvolutionShape& shape) {
  if (shape.in % 16 != 0 || shape.out % 16 != 0) return nullptr;
  return std::make_unique<StridedWinograd>(shape);
}

}  // namespace refract
