// A 3x3 convolution of a few images on the calling thread: what `conv_block` is made of.
#pragma once

#include <cstdint>
#include <memory>

#include "refract/core/tensor.h"

namespace refract {

struct ConvolutionShape {
  int64_t in, out, height, width;  // of x
  bool up;                         // nearest-neighbour up-sampling by 2 comes first
};

// Images are [images, height, width, channels] without gaps. Weights are packed once for all images, in a form that is
// the implementation's own. All functions may be called by several threads at once.
class SliceConvolution {
 public:
  // Null where there is nothing fast for this shape.
  static std::unique_ptr<const SliceConvolution> of(const ConvolutionShape& shape);

  virtual ~SliceConvolution() = default;
  SliceConvolution() = default;
  SliceConvolution(const SliceConvolution&) = delete;
  SliceConvolution& operator=(const SliceConvolution&) = delete;

  // `weight` is [out, in, 3, 3]; the result is for forward() or for backward_data().
  [[nodiscard]] virtual Tensor pack_forward(const Tensor& weight) const = 0;
  [[nodiscard]] virtual Tensor pack_backward(const Tensor& weight) const = 0;
  // Floats of a weight gradient in packed order, and the sum of several, [gradients, floats], as [out, in, 3, 3].
  [[nodiscard]] virtual int64_t gradient_size() const = 0;
  [[nodiscard]] virtual Tensor unpack_gradient(const Tensor& gradients) const = 0;

  virtual void forward(int64_t images, const float* x, const float* packed, const float* bias, float* y) const = 0;
  virtual void backward_data(int64_t images, const float* gy, const float* packed, float* gx) const = 0;
  // Overwrites the packed gradient and that of the bias, [out], or adds to them.
  virtual void backward_weight(int64_t images, const float* x, const float* gy, bool add, float* packed,
                               float* bias) const = 0;
};

}  // namespace refract
