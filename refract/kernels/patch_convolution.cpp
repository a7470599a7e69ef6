#include "refract/kernels/patch_convolution.h"

#include <algorithm>

#include "refract/kernels/matrix_product.h"
#include "refract/kernels/pixel_rows.h"
#include "refract/kernels/scratch.h"
#include "refract/kernels/vectors.h"

namespace refract {
namespace {

constexpr int64_t kSide = 4;
constexpr int64_t kTaps = kSide * kSide;

// The loops over one image. A patch, [4, 4, few], is what one pixel of the coarse image, [height, width, many], meets
// of the fine one, [2 height, 2 width, few]: the convolution is a product of patches and weights, its transpose makes
// patches and adds them up.
struct Patches {
  int64_t few, many, height, width;  // of the coarse image

  [[nodiscard]] int64_t size() const { return kTaps * few; }  // of a patch
  [[nodiscard]] int64_t pitch() const { return (2 * width + 2) * few; }

  // `weight` is [4, 4, few, many].
  void to_coarse(const float* fine, const float* weight, const float* bias, float* coarse) const {
    each_row(fine, [&](int64_t i, const float* patches) {
      float* row = coarse + i * width * many;
      matrix_product({patches, size(), 1}, width, {weight, many}, many, size(), {bias}, row, many);
    });
  }

  // Adds to the gradient of the weights of to_coarse(), [4, 4, few, many].
  void gradient(const float* fine, const float* coarse, float* to) const {
    each_row(fine, [&](int64_t i, const float* patches) {
      matrix_product({patches, 1, size()}, size(), {coarse + i * width * many, many}, many, width, {to, many}, to,
                     many);
    });
  }

  // `weight` is [many, 4, 4, few].
  void to_fine(const float* coarse, const float* weight, const float* bias, float* fine) const {
    float* image = scratch(Scratch::padded, (2 * height + 2) * pitch());
    fill_pixels(bias, (2 * height + 2) * (2 * width + 2), few, image);
    float* before = scratch(Scratch::left, (width + 2) * size());  // a patch of zeros, those of a row, and zeros again
    std::fill_n(before, size(), 0.0F);
    std::fill_n(before + (width + 1) * size(), size(), 0.0F);
    for (int64_t i = 0; i < height; ++i) {
      matrix_product({coarse + i * width * many, many, 1}, width, {weight, size()}, size(), many, {}, before + size(),
                     size());
      for (int64_t a = 0; a < kSide; ++a) add_row(before + a * kSide * few, image + (2 * i + a) * pitch());
    }
    for (int64_t i = 0; i < 2 * height; ++i)
      std::copy_n(image + (i + 1) * pitch() + few, 2 * width * few, fine + i * 2 * width * few);
  }

 private:
  // Two fine pixels are the left half of a patch's row and the right half of the row of the patch before.
  void add_row(const float* before, float* to) const {
    const int64_t half = 2 * few;
    for (int64_t j = 0; j <= width; ++j)
      for (int64_t k = 0; k < half; ++k)
        to[j * half + k] += before[(j + 1) * size() + k] + before[j * size() + half + k];
  }

  // Calls use(i, patches) with those of row i of the coarse image.
  template <class Use>
  void each_row(const float* fine, Use use) const {
    const float* image = padded(fine);
    float* patches = scratch(Scratch::left, width * size());
    for (int64_t i = 0; i < height; ++i) {
      for (int64_t a = 0; a < kSide; ++a)
        for (int64_t j = 0; j < width; ++j) {
          const float* from = image + (2 * i + a) * pitch() + 2 * j * few;
          float* to = patches + j * size() + a * kSide * few;
          for (int64_t k = 0; k < kSide * few; k += kSide) Vector<kSide>::load(from + k).store(to + k);
        }
      use(i, patches);
    }
  }

  // With a border of zeros.
  const float* padded(const float* fine) const {
    float* to = scratch(Scratch::padded, (2 * height + 2) * pitch());
    std::fill_n(to, (2 * height + 2) * pitch(), 0.0F);
    for (int64_t i = 0; i < 2 * height; ++i)
      std::copy_n(fine + i * 2 * width * few, 2 * width * few, to + (i + 1) * pitch() + few);
    return to;
  }
};

class PatchConvolution : public SliceConvolution {
 public:
  explicit PatchConvolution(const ConvolutionShape& s)
      : strided_(s.filter == Filter::strided),
        patches_(strided_ ? Patches{s.in, s.out, s.height / 2, s.width / 2} : Patches{s.out, s.in, s.height, s.width}) {
  }

  // Either way `weight` is [many, few, 4, 4].
  [[nodiscard]] Tensor pack_forward(const Tensor& weight) const override { return pack(strided_, weight); }
  [[nodiscard]] Tensor pack_backward(const Tensor& weight) const override { return pack(!strided_, weight); }
  [[nodiscard]] int64_t gradient_size() const override { return patches_.size() * patches_.many; }
  [[nodiscard]] Tensor unpack_gradient(const Tensor& gradients) const override {
    return gradients.sum(0).view({kSide, kSide, patches_.few, patches_.many}).permute({3, 2, 0, 1}).contiguous();
  }

  void forward(int64_t images, const float* x, const float* packed, const float* bias, float* y) const override {
    pass(strided_, images, x, packed, bias, y);
  }
  void backward_data(int64_t images, const float* gy, const float* packed, float* gx) const override {
    pass(!strided_, images, gy, packed, nullptr, gx);
  }
  void backward_weight(int64_t images, const float* x, const float* gy, bool add, float* packed,
                       float* bias) const override {
    const int64_t out = strided_ ? patches_.many : patches_.few;
    if (!add) {
      std::fill_n(packed, gradient_size(), 0.0F);
      std::fill_n(bias, out, 0.0F);
    }
    const float* fine = strided_ ? x : gy;
    const float* coarse = strided_ ? gy : x;
    for (int64_t k = 0; k < images; ++k) patches_.gradient(fine + k * fine_size(), coarse + k * coarse_size(), packed);
    add_pixels(gy, images * (strided_ ? coarse_size() : fine_size()) / out, out, bias);
  }

 private:
  [[nodiscard]] int64_t coarse_size() const { return patches_.many * patches_.height * patches_.width; }
  [[nodiscard]] int64_t fine_size() const { return 4 * patches_.few * patches_.height * patches_.width; }

  [[nodiscard]] static Tensor pack(bool to_coarse, const Tensor& weight) {
    return (to_coarse ? weight.permute({2, 3, 1, 0}) : weight.permute({0, 2, 3, 1})).contiguous();
  }

  void pass(bool to_coarse, int64_t images, const float* from, const float* packed, const float* bias,
            float* to) const {
    for (int64_t k = 0; k < images; ++k)
      if (to_coarse)
        patches_.to_coarse(from + k * fine_size(), packed, bias, to + k * coarse_size());
      else
        patches_.to_fine(from + k * coarse_size(), packed, bias, to + k * fine_size());
  }

  bool strided_;
  Patches patches_;
};

}  // namespace

std::unique_ptr<const SliceConvolution> patch_convolution(const ConvolutionShape& shape) {
  const bool strided = shape.filter == Filter::strided;
  if ((strided ? shape.out : shape.in) % 16 != 0) return nullptr;
  return std::make_unique<PatchConvolution>(shape);
}

}  // namespace refract
