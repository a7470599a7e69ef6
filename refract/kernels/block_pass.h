// One convolution block forward and backward on the CPU, without autograd: the inside of `conv_block`.
#pragma once

#include <optional>

#include "refract/kernels/conv_block.h"
#include "refract/kernels/slice_convolution.h"

namespace refract {

// What a block does to what. Sizes count floats; an image lies [height, width, channels] in memory.
struct BlockShape {
  BlockShape(const Tensor& x, const Tensor& weight, Resample resample, std::optional<float> slope);

  int64_t images, in, out, height, width;  // of x
  Resample resample;
  std::optional<float> slope;  // none: the convolution alone
  int64_t groups;              // of images, each of which sums a weight gradient of its own
  int64_t slice;               // images that go through caches together

  [[nodiscard]] bool up() const { return resample == Resample::up; }
  [[nodiscard]] bool down() const { return resample == Resample::down; }
  [[nodiscard]] int64_t full_height() const { return up() ? 2 * height : height; }  // after the convolution
  [[nodiscard]] int64_t full_width() const { return up() ? 2 * width : width; }
  [[nodiscard]] int64_t full_pixels() const { return full_height() * full_width(); }
  [[nodiscard]] int64_t x_size() const { return in * height * width; }
  [[nodiscard]] int64_t full_size() const { return out * full_pixels(); }
  [[nodiscard]] int64_t y_size() const { return down() ? full_size() / 4 : full_size(); }
  [[nodiscard]] ConvolutionShape convolution() const { return {in, out, height, width, up()}; }
};

// x and gradients of y are channels-last, `weight` is [out, in, 3, 3]. `full` is y before pooling (or y itself),
// `scale` that of each of its pixels (undefined without a slope).
struct BlockOutput {
  Tensor y, full, scale;
};
BlockOutput block_forward(const BlockShape& block, const Tensor& x, const Tensor& weight, const Tensor& bias);

struct BlockGradients {
  Tensor x, weight, bias;  // undefined where not asked for; weight and bias go together
};
struct BlockSaved {
  Tensor x, weight, full, scale;
};
BlockGradients block_backward(const BlockShape& block, const BlockSaved& saved, const Tensor& gy, bool needs_x,
                              bool needs_weight);

}  // namespace refract
