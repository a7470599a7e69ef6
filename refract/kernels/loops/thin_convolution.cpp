#include "refract/kernels/loops/thin_convolution.h"

#include <ATen/ops/constant_pad_nd.h>

#include <algorithm>
#include <array>

#include "refract/kernels/loops/matrix_product.h"
#include "refract/kernels/loops/pixel_rows.h"
#include "refract/kernels/loops/thin_winograd.h"
#include "refract/kernels/loops/vectors.h"
#include "refract/kernels/scratch.h"

namespace refract {
namespace {

constexpr int64_t kMaxThinChannels = 4;

// The loops over one image. Taps are in the order of y[p] = sum over taps of x[p + tap - 1] w[tap].
struct ThinLoops {
  int64_t thin_channels, wide_channels, height, width;

  [[nodiscard]] int64_t padded_row_stride() const { return (width + 2) * thin_channels; }
  // Columns of the packed weight of wide_to_thin(): the thin channels of all taps, rounded up to full vectors.
  [[nodiscard]] int64_t packed_columns() const { return (9 * thin_channels + 15) / 16 * 16; }

  [[nodiscard]] winograd::ThinShape shape() const { return {thin_channels, wide_channels, height, width}; }
  [[nodiscard]] bool uses_winograd() const { return winograd::thin_winograd_supports(shape()); }

  // The thin image with a border of zeros: [height + 2, width + 2, thin_channels], and 16 floats that vectors may read.
  // Three neighbours in a row are contiguous, as a row of a matrix.
  const float* padded(const float* image) const {
    float* to = scratch(Scratch::padded, (height + 2) * padded_row_stride() + 16);
    std::fill_n(to, padded_row_stride() + thin_channels, 0.0F);
    for (int64_t i = 0; i < height; ++i) {
      float* row = to + (i + 1) * padded_row_stride() + thin_channels;
      std::copy_n(image + i * width * thin_channels, width * thin_channels, row);
      // the end of this row and the start of the next
      std::fill_n(row + width * thin_channels, 2 * thin_channels, 0.0F);
    }
    std::fill_n(to + (height + 1) * padded_row_stride() + thin_channels, padded_row_stride() - thin_channels, 0.0F);
    return to;
  }

  // `weight` is [3, 3, thin_channels, wide_channels], or its transform if uses_winograd().
  void thin_to_wide(const float* from, const float* weight, const float* bias, float* to) const {
    const float* image = padded(from);
    if (uses_winograd()) return winograd::thin_convolve(shape(), image, weight, bias, to);
    for (int64_t i = 0; i < height; ++i)
      matrix_product({image + i * padded_row_stride(), thin_channels, 1, 3 * thin_channels, padded_row_stride()}, width,
                     {weight, wide_channels}, wide_channels, 9 * thin_channels, {bias}, to + i * width * wide_channels,
                     wide_channels);
  }

  // `weight` is [wide_channels, packed_columns()]: [3, 3, thin_channels] and zeros. The contributions of a row of
  // pixels stay in a ring buffer until those of the rows above and below are there. ring_row is the floats of one row.
  void wide_to_thin(const float* from, const float* weight, const float* bias, float* to) const {
    const int64_t ring_row = (width + 2) * packed_columns();
    float* ring = scratch(Scratch::left, 3 * ring_row + kMaxThinChannels);
    std::fill_n(ring, 3 * ring_row, 0.0F);
    for (int64_t i = 0; i <= height; ++i) {
      float* contributions = ring + i % 3 * ring_row;
      if (i < height)
        matrix_product({from + i * width * wide_channels, wide_channels, 1}, width, {weight, packed_columns()},
                       packed_columns(), wide_channels, {}, contributions + packed_columns(), packed_columns());
      else
        std::fill_n(contributions, ring_row, 0.0F);
      if (i == 0) continue;
      sum_contributions(ring, i - 1, ring_row, bias, to + (i - 1) * width * thin_channels);
    }
  }

  // Adds to the gradient of the weights of thin_to_wide(), and to that of the bias if it is not null.
  void gradient(const float* thin, const float* wide, float* to, float* bias) const {
    const float* image = padded(thin);
    if (uses_winograd()) return winograd::thin_weight_gradient(shape(), image, wide, to, bias);
    if (bias != nullptr) add_pixels(wide, height * width, wide_channels, bias);
    for (int64_t i = 0; i < height; ++i)
      for (int64_t tap = 0; tap < 3; ++tap)
        matrix_product({image + (i + tap) * padded_row_stride(), 1, thin_channels}, 3 * thin_channels,
                       {wide + i * width * wide_channels, wide_channels}, wide_channels, width,
                       {to + tap * 3 * thin_channels * wide_channels, wide_channels},
                       to + tap * 3 * thin_channels * wide_channels, wide_channels);
  }

 private:
  // Sums the contributions to a row of pixels. Vectors hold four channels; the next pixel overwrites the surplus ones.
  void sum_contributions(const float* ring, int64_t row, int64_t ring_row, const float* bias, float* to) const {
    std::array<float, kMaxThinChannels> bias_lanes{};
    if (bias != nullptr) std::copy_n(bias, thin_channels, bias_lanes.begin());
    const auto initial = Vector<kMaxThinChannels>::load(bias_lanes.data());
    std::array<const float*, 3> ring_rows;
    for (int64_t a = 0; a < 3; ++a) ring_rows.at(a) = ring + (row + a + 2) % 3 * ring_row + 3 * a * thin_channels;
    for (int64_t j = 0; j < width; ++j) {
      Vector<kMaxThinChannels> sum = initial;
      for (const float* contributions : ring_rows)
        for (int64_t b = 0; b < 3; ++b)
          sum = sum + Vector<kMaxThinChannels>::load(contributions + (j + b) * packed_columns() + b * thin_channels);
      if (j * thin_channels + kMaxThinChannels <= width * thin_channels)
        sum.store(to + j * thin_channels);
      else
        for (int64_t c = 0; c < thin_channels; ++c) to[j * thin_channels + c] = sum.value[c];
    }
  }
};

class ThinConvolution : public SliceConvolution {
 public:
  explicit ThinConvolution(const ConvolutionShape& s)
      : shape_(s),
        widens_(s.in_channels < s.out_channels),
        loops_{std::min(s.in_channels, s.out_channels), std::max(s.in_channels, s.out_channels), s.height, s.width} {}

  [[nodiscard]] Tensor pack_forward(const Tensor& weight) const override {
    return widens_ ? pack_thin_to_wide(weight.permute({2, 3, 1, 0})) : pack_wide_to_thin(weight.permute({1, 2, 3, 0}));
  }
  // The gradient of x is a convolution with the filter rotated by 180 degrees.
  [[nodiscard]] Tensor pack_backward(const Tensor& weight) const override {
    const Tensor flipped = weight.flip({2, 3});
    return widens_ ? pack_wide_to_thin(flipped.permute({0, 2, 3, 1}))
                   : pack_thin_to_wide(flipped.permute({2, 3, 0, 1}));
  }
  [[nodiscard]] int64_t gradient_size() const override {
    return (loops_.uses_winograd() ? 36 : 9) * shape_.in_channels * shape_.out_channels;
  }
  [[nodiscard]] Tensor unpack_gradient(const Tensor& gradients) const override {
    const Tensor sum = gradients.sum(0);
    const Tensor taps =
        loops_.uses_winograd()
            ? winograd::thin_untransform_gradient(sum.view({-1, loops_.thin_channels, loops_.wide_channels}))
            : sum.view({3, 3, loops_.thin_channels, loops_.wide_channels});
    return (widens_ ? taps.permute({3, 2, 0, 1}) : taps.flip({0, 1}).permute({2, 3, 0, 1})).contiguous();
  }

  void forward(int64_t images, const float* x, const float* packed, const float* bias, float* y) const override {
    for (int64_t k = 0; k < images; ++k) pass(widens_, x + k * x_size(), packed, bias, y + k * y_size());
  }
  void backward_data(int64_t images, const float* gy, const float* packed, float* gx) const override {
    for (int64_t k = 0; k < images; ++k) pass(!widens_, gy + k * y_size(), packed, nullptr, gx + k * x_size());
  }
  void backward_weight(int64_t images, const float* x, const float* gy, bool accumulate, float* packed,
                       float* bias) const override {
    if (!accumulate) {
      std::fill_n(packed, gradient_size(), 0.0F);
      std::fill_n(bias, shape_.out_channels, 0.0F);
    }
    const float* thin = widens_ ? x : gy;
    const float* wide = widens_ ? gy : x;
    const int64_t pixels = shape_.height * shape_.width;
    for (int64_t k = 0; k < images; ++k)
      loops_.gradient(thin + k * pixels * loops_.thin_channels, wide + k * pixels * loops_.wide_channels, packed,
                      widens_ ? bias : nullptr);
    if (!widens_) add_pixels(gy, images * pixels, shape_.out_channels, bias);
  }

 private:
  [[nodiscard]] int64_t x_size() const { return shape_.in_channels * shape_.height * shape_.width; }
  [[nodiscard]] int64_t y_size() const { return shape_.out_channels * shape_.height * shape_.width; }

  void pass(bool to_wide, const float* from, const float* packed, const float* bias, float* to) const {
    if (to_wide)
      loops_.thin_to_wide(from, packed, bias, to);
    else
      loops_.wide_to_thin(from, packed, bias, to);
  }

  // From [3, 3, thin, wide].
  [[nodiscard]] Tensor pack_thin_to_wide(const Tensor& weight) const {
    return loops_.uses_winograd() ? winograd::thin_transform_filter(weight) : weight.contiguous();
  }
  // From [wide, 3, 3, thin]. The contribution to p through a tap comes from p + tap - 1: the order of the taps stays.
  [[nodiscard]] Tensor pack_wide_to_thin(const Tensor& weight) const {
    return at::constant_pad_nd(weight.reshape({loops_.wide_channels, 9 * loops_.thin_channels}),
                               {0, loops_.packed_columns() - 9 * loops_.thin_channels});
  }

  ConvolutionShape shape_;
  bool widens_;
  ThinLoops loops_;
};

}  // namespace

std::unique_ptr<const SliceConvolution> thin_convolution(const ConvolutionShape& shape) {
  const auto [thin_channels, wide_channels] = std::minmax(shape.in_channels, shape.out_channels);
  if (shape.filter != Filter::same || thin_channels > kMaxThinChannels || wide_channels % 16 != 0) return nullptr;
  return std::make_unique<ThinConvolution>(shape);
}

}  // namespace refract
