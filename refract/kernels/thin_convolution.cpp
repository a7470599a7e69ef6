#include "refract/kernels/thin_convolution.h"

#include <ATen/ops/constant_pad_nd.h>

#include <algorithm>
#include <array>

#include "refract/kernels/matrix_product.h"
#include "refract/kernels/pixel_rows.h"
#include "refract/kernels/scratch.h"
#include "refract/kernels/thin_winograd.h"
#include "refract/kernels/vectors.h"

namespace refract {
namespace {

constexpr int64_t kMostFew = 4;

// The loops over one image. `few` and `many` are channels; taps of a filter come in the order of the plain sum:
// y[p] = sum over taps of x[p + tap - 1] w[tap].
struct Thin {
  int64_t few, many, height, width;

  [[nodiscard]] int64_t pitch() const { return (width + 2) * few; }
  // Of a tap's few channels for each pixel, all taps side by side, rounded up to full vectors.
  [[nodiscard]] int64_t columns() const { return (9 * few + 15) / 16 * 16; }

  [[nodiscard]] winograd::ThinImage shape() const { return {few, many, height, width}; }
  [[nodiscard]] bool pays() const { return winograd::thin_pays(shape()); }

  // With a border of zeros: three neighbours in a row and their channels lie together, as a row of a matrix.
  const float* padded(const float* image) const {
    float* to = scratch(Scratch::padded, (height + 2) * pitch() + 16);
    std::fill_n(to, pitch() + few, 0.0F);
    for (int64_t i = 0; i < height; ++i) {
      float* row = to + (i + 1) * pitch() + few;
      std::copy_n(image + i * width * few, width * few, row);
      std::fill_n(row + width * few, 2 * few, 0.0F);  // the end of this row and the start of the next
    }
    std::fill_n(to + (height + 1) * pitch() + few, pitch() - few, 0.0F);
    return to;
  }

  // `weight` is [3, 3, few, many], or what thin_winograd.h makes of it where that pays.
  void to_many(const float* from, const float* weight, const float* bias, float* to) const {
    const float* image = padded(from);
    if (pays()) return winograd::thin_convolve(shape(), image, weight, bias, to);
    for (int64_t i = 0; i < height; ++i)
      matrix_product({image + i * pitch(), few, 1, 3 * few, pitch()}, width, {weight, many}, many, 9 * few, {bias},
                     to + i * width * many, many);
  }

  // `weight` is [many, columns()]: what a pixel sends to its neighbours, [3, 3, few], and zeros. Rows of pixels wait in
  // a ring until the rows above and below have come.
  void to_few(const float* from, const float* weight, const float* bias, float* to) const {
    const int64_t line = (width + 2) * columns();
    float* ring = scratch(Scratch::left, 3 * line + kMostFew);
    std::fill_n(ring, 3 * line, 0.0F);
    for (int64_t i = 0; i <= height; ++i) {
      float* sent = ring + i % 3 * line;
      if (i < height)
        matrix_product({from + i * width * many, many, 1}, width, {weight, columns()}, columns(), many, {},
                       sent + columns(), columns());
      else
        std::fill_n(sent, line, 0.0F);
      if (i == 0) continue;
      collect(ring, i - 1, line, bias, to + (i - 1) * width * few);
    }
  }

  // Adds to the gradient of the weights of to_many(), and, if it is wanted here, to that of the bias.
  void gradient(const float* of_few, const float* of_many, float* to, float* bias) const {
    const float* image = padded(of_few);
    if (pays()) return winograd::thin_weigh(shape(), image, of_many, to, bias);
    if (bias != nullptr) add_pixels(of_many, height * width, many, bias);
    for (int64_t i = 0; i < height; ++i)
      for (int64_t tap = 0; tap < 3; ++tap)
        matrix_product({image + (i + tap) * pitch(), 1, few}, 3 * few, {of_many + i * width * many, many}, many, width,
                       {to + tap * 3 * few * many, many}, to + tap * 3 * few * many, many);
  }

 private:
  // Vectors hold four channels: those after the last are what the next pixel overwrites.
  void collect(const float* ring, int64_t row, int64_t line, const float* bias, float* to) const {
    std::array<float, kMostFew> first{};
    if (bias != nullptr) std::copy_n(bias, few, first.begin());
    const auto start = Vector<kMostFew>::load(first.data());
    std::array<const float*, 3> above;
    for (int64_t a = 0; a < 3; ++a) above.at(a) = ring + (row + a + 2) % 3 * line + 3 * a * few;
    for (int64_t j = 0; j < width; ++j) {
      Vector<kMostFew> sum = start;
      for (const float* sent : above)
        for (int64_t b = 0; b < 3; ++b) sum = sum + Vector<kMostFew>::load(sent + (j + b) * columns() + b * few);
      if (j * few + kMostFew <= width * few)
        sum.store(to + j * few);
      else
        for (int64_t c = 0; c < few; ++c) to[j * few + c] = sum.value[c];
    }
  }
};

class ThinConvolution : public SliceConvolution {
 public:
  explicit ThinConvolution(const ConvolutionShape& s)
      : shape_(s), widens_(s.in < s.out), thin_{std::min(s.in, s.out), std::max(s.in, s.out), s.height, s.width} {}

  [[nodiscard]] Tensor pack_forward(const Tensor& weight) const override {
    return widens_ ? for_many(weight.permute({2, 3, 1, 0})) : for_few(weight.permute({1, 2, 3, 0}));
  }
  // The gradient of x is a convolution with the filter turned around.
  [[nodiscard]] Tensor pack_backward(const Tensor& weight) const override {
    const Tensor turned = weight.flip({2, 3});
    return widens_ ? for_few(turned.permute({0, 2, 3, 1})) : for_many(turned.permute({2, 3, 0, 1}));
  }
  [[nodiscard]] int64_t gradient_size() const override { return (thin_.pays() ? 36 : 9) * shape_.in * shape_.out; }
  [[nodiscard]] Tensor unpack_gradient(const Tensor& gradients) const override {
    const Tensor sum = gradients.sum(0);
    const Tensor taps = thin_.pays() ? winograd::thin_taps(sum.view({-1, thin_.few, thin_.many}))
                                     : sum.view({3, 3, thin_.few, thin_.many});
    return (widens_ ? taps.permute({3, 2, 0, 1}) : taps.flip({0, 1}).permute({2, 3, 0, 1})).contiguous();
  }

  void forward(int64_t images, const float* x, const float* packed, const float* bias, float* y) const override {
    for (int64_t k = 0; k < images; ++k) pass(widens_, x + k * x_size(), packed, bias, y + k * y_size());
  }
  void backward_data(int64_t images, const float* gy, const float* packed, float* gx) const override {
    for (int64_t k = 0; k < images; ++k) pass(!widens_, gy + k * y_size(), packed, nullptr, gx + k * x_size());
  }
  void backward_weight(int64_t images, const float* x, const float* gy, bool add, float* packed,
                       float* bias) const override {
    if (!add) {
      std::fill_n(packed, gradient_size(), 0.0F);
      std::fill_n(bias, shape_.out, 0.0F);
    }
    const float* few = widens_ ? x : gy;
    const float* many = widens_ ? gy : x;
    const int64_t pixels = shape_.height * shape_.width;
    for (int64_t k = 0; k < images; ++k)
      thin_.gradient(few + k * pixels * thin_.few, many + k * pixels * thin_.many, packed, widens_ ? bias : nullptr);
    if (!widens_) add_pixels(gy, images * pixels, shape_.out, bias);
  }

 private:
  [[nodiscard]] int64_t x_size() const { return shape_.in * shape_.height * shape_.width; }
  [[nodiscard]] int64_t y_size() const { return shape_.out * shape_.height * shape_.width; }

  void pass(bool to_many, const float* from, const float* packed, const float* bias, float* to) const {
    if (to_many)
      thin_.to_many(from, packed, bias, to);
    else
      thin_.to_few(from, packed, bias, to);
  }

  // From [3, 3, few, many], and from [many, 3, 3, few].
  [[nodiscard]] Tensor for_many(const Tensor& weight) const {
    return thin_.pays() ? winograd::thin_weights(weight) : weight.contiguous();
  }
  [[nodiscard]] Tensor for_few(const Tensor& weight) const {
    // What arrives at p through a tap was sent by p + tap - 1: the order of the taps stays.
    return at::constant_pad_nd(weight.reshape({thin_.many, 9 * thin_.few}), {0, thin_.columns() - 9 * thin_.few});
  }

  ConvolutionShape shape_;
  bool widens_;
  Thin thin_;
};

}  // namespace

std::unique_ptr<const SliceConvolution> thin_convolution(const ConvolutionShape& shape) {
  const auto [few, many] = std::minmax(shape.in, shape.out);
  if (shape.filter != Filter::same || few > kMostFew || many % 16 != 0) return nullptr;
  return std::make_unique<ThinConvolution>(shape);
}

}  // namespace refract
