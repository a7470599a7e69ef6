#include "refract/kernels/strided_winograd.h"

#include <ATen/Parallel.h>
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
constexpr int64_t kTaps = 4;    // that a phase meets

enum class Pass { to_coarse, to_fine, gradient };

// `height` and `width` are the coarse image's; the tiles of both images are those of 4 x 4 coarse pixels. What a pass
// makes is `result`, what it reads are the other two.
struct Job {
  Pass pass;
  int64_t images, fine, coarse, height, width;
  const float *of_fine, *of_coarse, *weight;
  const float* bias;  // of what is made; or null
  float* result;
  bool add;  // to the gradient, [points, phases * fine, coarse]
};

// Calls use(grid, channel) for each phase: where its pixels are, and where its channels begin among those at a point.
template <class Use>
REFRACT_INLINE void each_phase(int64_t channels, Use use) {
  for (int64_t i = 0; i < 2; ++i)
    for (int64_t j = 0; j < 2; ++j) use(Grid{8, 2, i - 1, j - 1}, (2 * i + j) * channels);
}

template <int64_t Lanes>
REFRACT_INLINE void fine_to_points(const Tiled<const float>& images, int64_t first, int64_t count, const Points& to) {
  for (int64_t t = 0; t < count; ++t)
    each_phase(images.channels, [&](const Grid& grid, int64_t channel) REFRACT_INLINED {
      tile_to_points<FineToPoints, Lanes>(images, first + t, grid, to.data + t * to.row + channel, to.apart);
    });
}

template <int64_t Lanes>
REFRACT_INLINE void points_to_fine(const Points& from, int64_t first, int64_t count, const Tiled<float>& images) {
  for (int64_t t = 0; t < count; ++t)
    each_phase(images.channels, [&](const Grid& grid, int64_t channel) REFRACT_INLINED {
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
void multiply(const Points& from, int64_t panel, int64_t count, const float* weight, const Points& to) {
  for (int64_t p = 0; p < kPoints; ++p)
    for (int64_t column = 0; column < to.row; column += panel, weight += from.row * panel)
      matrix_product({from.matrix(p), from.row, 1}, count, {weight, panel}, panel, from.row, {}, to.matrix(p) + column,
                     to.row);
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
  const Tiled<float> to_fine{job.result, height, width, job.fine, rows, columns, outside};
  const Tiled<float> to_coarse{job.result, job.height, job.width, job.coarse, rows, columns, outside};
  if (job.pass == Pass::to_fine)
    fill_pixels(job.bias, job.images * height * width, job.fine, job.result);  // tiles overlap

  const int64_t block = block_size(kPoints * (kPhases * job.fine + job.coarse), tiles);
  const Points left(Scratch::left, kPoints, block, kPhases * job.fine);
  const Points right(Scratch::right, kPoints, block, job.coarse);
  for (int64_t first = 0; first < tiles; first += block) {
    const int64_t count = std::min(block, tiles - first);
    switch (job.pass) {
      case Pass::to_coarse:
        fine_to_points<Lanes>(fine, first, count, left);
        multiply(left, panel_width(job.coarse), count, job.weight, right);
        points_to_coarse<Lanes>(right, job.bias, first, count, to_coarse);
        break;
      case Pass::to_fine:
        coarse_to_points<Lanes>(coarse, first, count, right);
        multiply(right, panel_width(job.fine), count, job.weight, left);
        points_to_fine<Lanes>(left, first, count, to_fine);
        break;
      case Pass::gradient:
        fine_to_points<Lanes>(fine, first, count, left);
        coarse_to_points<Lanes>(coarse, first, count, right);
        for (int64_t p = 0; p < kPoints; ++p) {
          float* c = job.result + p * left.row * right.row;
          matrix_product({left.matrix(p), 1, left.row}, left.row, {right.matrix(p), right.row}, right.row, count,
                         job.add || first > 0 ? Start{c, right.row} : Start{}, c, right.row);
        }
        break;
    }
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

// The weights of all points for those of the taps of a phase: [points, taps].
constexpr std::array<float, kPoints * kTaps> taps_to_points() {
  std::array<float, kPoints * kTaps> all{};
  for (int64_t p = 0; p < kPoints; ++p)
    for (int64_t tap = 0; tap < kTaps; ++tap)
      all.at(p * kTaps + tap) =
          kStridedTaps.at(p / kStridedPoints).at(tap / 2) * kStridedTaps.at(p % kStridedPoints).at(tap % 2);
  return all;
}
constexpr std::array<float, kPoints* kTaps> kTapsToPoints = taps_to_points();

// For work(first, columns) on parts of `columns` columns, a multiple of 16.
template <class Work>
void for_columns(int64_t columns, const Work& work) {
  constexpr int64_t part = 2048;
  at::parallel_for(0, (columns + part - 1) / part, 2, [&](int64_t begin, int64_t end) {
    for (int64_t first = begin * part; first < std::min(end * part, columns); first += part)
      work(first, std::min(part, columns - first));
  });
}

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
  [[nodiscard]] int64_t gradient_size() const override { return kPoints * columns(); }
  [[nodiscard]] Tensor unpack_gradient(const Tensor& sums) const override {
    const Tensor taps = at::empty({2, 2, 2, 2, fine_, coarse_}, sums.options());
    const auto* from = sums.data_ptr<float>();
    auto* to = taps.data_ptr<float>();
    for_columns(columns(), [&](int64_t first, int64_t count) {
      for (int64_t group = 0; group < sums.size(0); ++group)
        matrix_product({kTapsToPoints.data(), 1, kTaps}, kTaps, {from + group * sums.stride(0) + first, columns()},
                       count, kPoints, group > 0 ? Start{to + first, columns()} : Start{}, to + first, columns());
    });
    const Tensor rows = taps.permute({4, 0, 2, 1, 3, 5}).reshape({kPhases * kTaps * fine_, coarse_});
    return rows.t().contiguous().view({coarse_, fine_, 4, 4});
  }

  void forward(int64_t images, const float* x, const float* packed, const float* bias, float* y) const override {
    pass(strided_, images, x, packed, bias, y);
  }
  void backward_data(int64_t images, const float* gy, const float* packed, float* gx) const override {
    pass(!strided_, images, gy, packed, nullptr, gx);
  }
  void backward_weight(int64_t images, const float* x, const float* gy, bool add, float* packed,
                       float* bias) const override {
    run({Pass::gradient, images, fine_, coarse_, height_, width_, strided_ ? x : gy, strided_ ? gy : x, nullptr,
         nullptr, packed, add});
    const int64_t out = strided_ ? coarse_ : fine_;
    const int64_t pixels = images * height_ * width_;
    if (!add) std::fill_n(bias, out, 0.0F);
    add_pixels(gy, strided_ ? pixels : 4 * pixels, out, bias);
  }

 private:
  [[nodiscard]] int64_t columns() const { return kPhases * fine_ * coarse_; }  // weights at a point

  // As multiply() has them. A tap is (2 k + i, 2 l + j) where (i, j) is the phase. Transposing matrices first is faster
  // than gathering single weights.
  [[nodiscard]] Tensor taps(bool to_coarse, const Tensor& weight) const {
    const int64_t panel = panel_width(to_coarse ? coarse_ : fine_);
    if (to_coarse)
      return weight.reshape({coarse_, -1})
          .t()
          .contiguous()
          .view({fine_, 2, 2, 2, 2, coarse_ / panel, panel})
          .permute({1, 3, 5, 2, 4, 0, 6})
          .contiguous();
    return weight.reshape({-1, kPhases * kTaps})
        .t()
        .contiguous()
        .view({2, 2, 2, 2, coarse_, fine_ / panel, panel})
        .permute({0, 2, 1, 3, 5, 4, 6})
        .contiguous();
  }

  [[nodiscard]] Tensor pack(bool to_coarse, const Tensor& weight) const {
    const Tensor of_taps = taps(to_coarse, weight);
    const Tensor packed = at::empty({kPoints, columns()}, weight.options());
    const auto* from = of_taps.data_ptr<float>();
    auto* to = packed.data_ptr<float>();
    for_columns(columns(), [&](int64_t first, int64_t count) {
      matrix_product({kTapsToPoints.data(), kTaps, 1}, kPoints, {from + first, columns()}, count, kTaps, {}, to + first,
                     columns());
    });
    return packed;
  }

  void pass(bool to_coarse, int64_t images, const float* from, const float* packed, const float* bias,
            float* to) const {
    run({to_coarse ? Pass::to_coarse : Pass::to_fine, images, fine_, coarse_, height_, width_,
         to_coarse ? from : nullptr, to_coarse ? nullptr : from, packed, bias, to, false});
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
