#include "refract/kernels/loops/patch_convolution.h"

#include <algorithm>

#include "refract/kernels/loops/matrix_product.h"
#include "refract/kernels/loops/pixel_rows.h"
#include "refract/kernels/loops/vectors.h"
#include "refract/kernels/scratch.h"

namespace refract {
namespace {

constexpr int64_t kFilterSide = 4;
constexpr int64_t kTaps = kFilterSide * kFilterSide;

// The loops over one image. The fine image is [2 height, 2 width, fine_channels], the coarse one [height, width,
// coarse_channels]. A patch is [4, 4, fine_channels]: the receptive field of one coarse pixel.
struct PatchLoops {
  int64_t fine_channels, coarse_channels, height, width;  // of the coarse image

  [[nodiscard]] int64_t patch_size() const { return kTaps * fine_channels; }
  [[nodiscard]] int64_t padded_row_stride() const { return (2 * width + 2) * fine_channels; }

  // `weight` is [4, 4, fine_channels, coarse_channels].
  void to_coarse(const float* fine, const float* weight, const float* bias, float* coarse) const {
    for_each_row(fine, [&](int64_t i, const float* patches) {
      float* row = coarse + i * width * coarse_channels;
      matrix_product({patches, patch_size(), 1}, width, {weight, coarse_channels}, coarse_channels, patch_size(),
                     {bias}, row, coarse_channels);
    });
  }

  // Adds to the gradient of the weights, which has the layout of to_coarse().
  void gradient(const float* fine, const float* coarse, float* to) const {
    for_each_row(fine, [&](int64_t i, const float* patches) {
      matrix_product({patches, 1, patch_size()}, patch_size(), {coarse + i * width * coarse_channels, coarse_channels},
                     coarse_channels, width, {to, coarse_channels}, to, coarse_channels);
    });
  }

  // `weight` is [coarse_channels, 4, 4, fine_channels].
  void to_fine(const float* coarse, const float* weight, const float* bias, float* fine) const {
    float* image = scratch(Scratch::padded, (2 * height + 2) * padded_row_stride());
    fill_pixels(bias, (2 * height + 2) * (2 * width + 2), fine_channels, image);
    float* patches = scratch(Scratch::left, (width + 2) * patch_size());  // those of a row between two of zeros
    std::fill_n(patches, patch_size(), 0.0F);
    std::fill_n(patches + (width + 1) * patch_size(), patch_size(), 0.0F);
    for (int64_t i = 0; i < height; ++i) {
      matrix_product({coarse + i * width * coarse_channels, coarse_channels, 1}, width, {weight, patch_size()},
                     patch_size(), coarse_channels, {}, patches + patch_size(), patch_size());
      for (int64_t a = 0; a < kFilterSide; ++a)
        add_patch_row(patches + a * kFilterSide * fine_channels, image + (2 * i + a) * padded_row_stride());
    }
    for (int64_t i = 0; i < 2 * height; ++i)
      std::copy_n(image + (i + 1) * padded_row_stride() + fine_channels, 2 * width * fine_channels,
                  fine + i * 2 * width * fine_channels);
  }

 private:
  // col2im of one patch row. Two fine pixels get the left half of one patch and the right half of the patch before it.
  void add_patch_row(const float* patches, float* to) const {
    const int64_t half = 2 * fine_channels;
    for (int64_t j = 0; j <= width; ++j)
      for (int64_t k = 0; k < half; ++k)
        to[j * half + k] += patches[(j + 1) * patch_size() + k] + patches[j * patch_size() + half + k];
  }

  // im2col: calls use(i, patches) for each row i of the coarse image, with its patches, [width, patch_size()].
  template <class Use>
  void for_each_row(const float* fine, Use use) const {
    const float* image = padded(fine);
    float* patches = scratch(Scratch::left, width * patch_size());
    for (int64_t i = 0; i < height; ++i) {
      for (int64_t a = 0; a < kFilterSide; ++a)
        for (int64_t j = 0; j < width; ++j) {
          const float* from = image + (2 * i + a) * padded_row_stride() + 2 * j * fine_channels;
          float* to = patches + j * patch_size() + a * kFilterSide * fine_channels;
          for (int64_t k = 0; k < kFilterSide * fine_channels; k += kFilterSide)
            Vector<kFilterSide>::load(from + k).store(to + k);
        }
      use(i, patches);
    }
  }

  // The fine image with a border of zeros: [2 height + 2, 2 width + 2, fine_channels].
  const float* padded(const float* fine) const {
    float* to = scratch(Scratch::padded, (2 * height + 2) * padded_row_stride());
    std::fill_n(to, (2 * height + 2) * padded_row_stride(), 0.0F);
    for (int64_t i = 0; i < 2 * height; ++i)
      std::copy_n(fine + i * 2 * width * fine_channels, 2 * width * fine_channels,
                  to + (i + 1) * padded_row_stride() + fine_channels);
    return to;
  }
};

class PatchConvolution : public SliceConvolution {
 public:
  explicit PatchConvolution(const ConvolutionShape& s)
      : strided_(s.filter == Filter::strided),
        loops_(strided_ ? PatchLoops{s.in_channels, s.out_channels, s.height / 2, s.width / 2}
                        : PatchLoops{s.out_channels, s.in_channels, s.height, s.width}) {}

  // In both directions `weight` is [coarse_channels, fine_channels, 4, 4].
  [[nodiscard]] Tensor pack_forward(const Tensor& weight) const override { return pack(strided_, weight); }
  [[nodiscard]] Tensor pack_backward(const Tensor& weight) const override { return pack(!strided_, weight); }
  [[nodiscard]] int64_t gradient_size() const override { return loops_.patch_size() * loops_.coarse_channels; }
  [[nodiscard]] Tensor unpack_gradient(const Tensor& gradients) const override {
    return gradients.sum(0)
        .view({kFilterSide, kFilterSide, loops_.fine_channels, loops_.coarse_channels})
        .permute({3, 2, 0, 1})
        .contiguous();
  }

  void forward(int64_t images, const float* x, const float* packed, const float* bias, float* y) const override {
    pass(strided_, images, x, packed, bias, y);
  }
  void backward_data(int64_t images, const float* gy, const float* packed, float* gx) const override {
    pass(!strided_, images, gy, packed, nullptr, gx);
  }
  void backward_weight(int64_t images, const float* x, const float* gy, bool accumulate, float* packed,
                       float* bias) const override {
    const int64_t out = strided_ ? loops_.coarse_channels : loops_.fine_channels;
    if (!accumulate) {
      std::fill_n(packed, gradient_size(), 0.0F);
      std::fill_n(bias, out, 0.0F);
    }
    const float* fine = strided_ ? x : gy;
    const float* coarse = strided_ ? gy : x;
    for (int64_t k = 0; k < images; ++k) loops_.gradient(fine + k * fine_size(), coarse + k * coarse_size(), packed);
    add_pixels(gy, images * (strided_ ? coarse_size() : fine_size()) / out, out, bias);
  }

 private:
  [[nodiscard]] int64_t coarse_size() const { return loops_.coarse_channels * loops_.height * loops_.width; }
  [[nodiscard]] int64_t fine_size() const { return 4 * loops_.fine_channels * loops_.height * loops_.width; }

  [[nodiscard]] static Tensor pack(bool to_coarse, const Tensor& weight) {
    return (to_coarse ? weight.permute({2, 3, 1, 0}) : weight.permute({0, 2, 3, 1})).contiguous();
  }

  void pass(bool to_coarse, int64_t images, const float* from, const float* packed, const float* bias,
            float* to) const {
    for (int64_t k = 0; k < images; ++k)
      if (to_coarse)
        loops_.to_coarse(from + k * fine_size(), packed, bias, to + k * coarse_size());
      else
        loops_.to_fine(from + k * coarse_size(), packed, bias, to + k * fine_size());
  }

  bool strided_;
  PatchLoops loops_;
};

}  // namespace

std::unique_ptr<const SliceConvolution> patch_convolution(const ConvolutionShape& shape) {
  const bool strided = shape.filter == Filter::strided;
  if ((strided ? shape.out_channels : shape.in_channels) % 16 != 0) return nullptr;
  return std::make_unique<PatchConvolution>(shape);
}

}  // namespace refract
