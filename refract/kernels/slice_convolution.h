// A convolution of a slice of the batch, a few images, on the calling thread. `conv_block.h` calls it.
#pragma once

#include <cstdint>
#include <memory>

#include "refract/core/tensor.h"

namespace refract {

enum class Filter {
  same,        // 3x3, padding 1
  up_sampled,  // the same after nearest-neighbour up-sampling by 2
  strided,     // 4x4, stride 2, padding 1; height and width of x are even
  transposed,  // the transpose of strided
};

struct ConvolutionShape {
  int64_t in_channels, out_channels, height, width;  // of x
  Filter filter;

  // Height or width of y.
  [[nodiscard]] int64_t output_size(int64_t size) const {
    if (filter == Filter::strided) return size / 2;
    return filter == Filter::same ? size : 2 * size;
  }
};

// Images are [images, height, width, channels], contiguous. Weights are packed once for all images, in a layout that
// the implementation chooses. Several threads may call all functions at once.
class SliceConvolution {
 public:
  // Null if no implementation supports this shape.
  static std::unique_ptr<const SliceConvolution> of(const ConvolutionShape& shape);

  virtual ~SliceConvolution() = default;
  SliceConvolution() = default;
  SliceConvolution(const SliceConvolution&) = delete;
  SliceConvolution& operator=(const SliceConvolution&) = delete;

  // `weight` is [out, in, 3, 3], [out, in, 4, 4] if strided, [in, out, 4, 4] if transposed. The result is the `packed`
  // of forward() or of backward_data().
  [[nodiscard]] virtual Tensor pack_forward(const Tensor& weight) const = 0;
  [[nodiscard]] virtual Tensor pack_backward(const Tensor& weight) const = 0;
  // The number of floats of a packed weight gradient. unpack_gradient() sums several of them, [gradients, floats], and
  // returns the sum in the layout of `weight`.
  [[nodiscard]] virtual int64_t gradient_size() const = 0;
  [[nodiscard]] virtual Tensor unpack_gradient(const Tensor& gradients) const = 0;

  virtual void forward(int64_t images, const float* x, const float* packed, const float* bias, float* y) const = 0;
  virtual void backward_data(int64_t images, const float* gy, const float* packed, float* gx) const = 0;
  // Writes the packed weight gradient and the bias gradient, [out], or adds to them if `accumulate`.
  virtual void backward_weight(int64_t images, const float* x, const float* gy, bool accumulate, float* packed,
                               float* bias) const = 0;

  // The same without `accumulate`, in parts that different threads may compute. 1: it has no parts.
  [[nodiscard]] virtual int64_t weight_parts() const { return 1; }
  virtual void backward_weight_part(int64_t /*part*/, int64_t images, const float* x, const float* gy, float* packed,
                                    float* bias) const {
    backward_weight(images, x, gy, false, packed, bias);
  }
};

}  // namespace refract
