// A convolution of a few images on the calling thread: what `conv_block` is made of.
#pragma once

#include <cstdint>
#include <memory>

#include "refract/core/tensor.h"

namespace refract {

enum class Filter {
  same,        // 3x3, padding 1
  up_sampled,  // the same after nearest-neighbour up-sampling by 2
  strided,     // 4x4, stride 2, padding 1; height and width of x are even
  transposed,  // the transpose of that
};

struct ConvolutionShape {
  int64_t in, out, height, width;  // of x
  Filter filter;

  // Height or width of y.
  [[nodiscard]] int64_t after(int64_t size) const {
    if (filter == Filter::strided) return size / 2;
    return filter == Filter::same ? size : 2 * size;
  }
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

  // `weight` is [out, in, 3, 3], or [out, in, 4, 4] where strided, or [in, out, 4, 4] where transposed; the result is
  // for forward() or for backward_data().
  [[nodiscard]] virtual Tensor pack_forward(const Tensor& weight) const = 0;
  [[nodiscard]] virtual Tensor pack_backward(const Tensor& weight) const = 0;
  // Floats of a weight gradient in packed order, and the sum of several, [gradients, floats], in the order of `weight`.
  [[nodiscard]] virtual int64_t gradient_size() const = 0;
  [[nodiscard]] virtual Tensor unpack_gradient(const Tensor& gradients) const = 0;

  virtual void forward(int64_t images, const float* x, const float* packed, const float* bias, float* y) const = 0;
  virtual void backward_data(int64_t images, const float* gy, const float* packed, float* gx) const = 0;
  // Overwrites the packed gradient and that of the bias, [out], or adds to them.
  virtual void backward_weight(int64_t images, const float* x, const float* gy, bool add, float* packed,
                               float* bias) const = 0;

  // The same, overwriting, in parts that can be found one without the others. 1: it cannot.
  [[nodiscard]] virtual int64_t weight_parts() const { return 1; }
  virtual void backward_weight_part(int64_t /*part*/, int64_t images, const float* x, const float* gy, float* packed,
                                    float* bias) const {
    backward_weight(images, x, gy, false, packed, bias);
  }
};

}  // namespace refract
