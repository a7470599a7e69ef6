// A convolution of a few images on the calling thread, by oneDNN: what `conv_block` is made of.
#pragma once

#include <cstdint>
#include <memory>

#include "refract/core/tensor.h"

namespace refract {

struct SliceShape {
  int64_t images, in, out, height, width;
  int64_t kernel;  // 3: the output is as large as the image; 2: one row and one column larger. Padding 1, stride 1.

  [[nodiscard]] int64_t out_height() const { return height + 3 - kernel; }
  [[nodiscard]] int64_t out_width() const { return width + 3 - kernel; }
  auto operator<=>(const SliceShape&) const = default;
};

// Images are [images, height, width, channels] without gaps. Weights are packed once for all slices, in an order that
// oneDNN chooses. All but `of` may be called by several threads at once.
class SliceConvolution {
 public:
  // Kept for the program's life: making one takes milliseconds. Null where oneDNN was not compiled in or has nothing
  // fast for this shape.
  static std::shared_ptr<const SliceConvolution> of(const SliceShape& shape);

  virtual ~SliceConvolution() = default;
  SliceConvolution() = default;
  SliceConvolution(const SliceConvolution&) = delete;
  SliceConvolution& operator=(const SliceConvolution&) = delete;

  // `weight` is [out, in, kernel, kernel], contiguous; the result is for forward() or for backward_data().
  [[nodiscard]] virtual Tensor pack_forward(const Tensor& weight) const = 0;
  [[nodiscard]] virtual Tensor pack_backward(const Tensor& weight) const = 0;
  // Floats of a weight gradient in packed order, and that gradient as [out, in, kernel, kernel].
  [[nodiscard]] virtual int64_t gradient_size() const = 0;
  [[nodiscard]] virtual Tensor unpack_gradient(const Tensor& packed) const = 0;

  virtual void forward(const float* x, const float* packed, const float* bias, float* y) const = 0;
  virtual void backward_data(const float* gy, const float* packed, float* gx) const = 0;
  // Overwrites the packed gradient and that of the bias, [out].
  virtual void backward_weight(const float* x, const float* gy, float* packed, float* bias) const = 0;
};

}  // namespace refract
