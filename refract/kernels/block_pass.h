// The forward and backward pass of one convolution block on the CPU, without autograd. `conv_block.h` wraps it.
//
//     x --convolution--> z --epilogue--> y            gx <--convolution-- gz <--epilogue-- gy
//
// z is the pre-activation. A slice of the batch passes through all steps while it is in a core's cache.
#pragma once

#include "refract/core/tensor.h"
#include "refract/kernels/slice_convolution.h"

namespace refract {

// What follows the convolution.
enum class Epilogue {
  none,
  leaky_relu,
  leaky_norm,
  leaky_norm_and_pool,  // leaky_norm, then the averages over 2 x 2 pixels
};

struct BlockKind {
  Filter filter;
  Epilogue epilogue;
  float slope = 0;  // of the LeakyReLU
  // The forward pass does not store the unpooled y; the backward pass computes it again. Only for leaky_norm_and_pool.
  bool recomputes = false;

  [[nodiscard]] bool normalises() const { return epilogue == Epilogue::leaky_norm || pools(); }
  [[nodiscard]] bool pools() const { return epilogue == Epilogue::leaky_norm_and_pool; }
};

// A block and its sizes. `_size` counts the floats of one image, which is [height, width, channels]. `unpooled` is y
// before pooling, or y itself if the block does not pool.
struct BlockShape {
  BlockShape(const Tensor& x, const Tensor& weight, const BlockKind& kind);

  BlockKind kind;
  int64_t images;
  ConvolutionShape convolution;
  int64_t groups;  // of images; each group sums a weight gradient of its own
  int64_t slice;   // images that pass through the cache together

  [[nodiscard]] int64_t out_channels() const { return convolution.out_channels; }
  [[nodiscard]] int64_t unpooled_height() const { return convolution.output_size(convolution.height); }
  [[nodiscard]] int64_t unpooled_width() const { return convolution.output_size(convolution.width); }
  [[nodiscard]] int64_t unpooled_pixels() const { return unpooled_height() * unpooled_width(); }
  // The number of products that each tap of the filter has in one image.
  [[nodiscard]] int64_t pixels_per_tap() const {
    return kind.filter == Filter::transposed ? convolution.height * convolution.width : unpooled_pixels();
  }
  [[nodiscard]] int64_t x_size() const { return convolution.in_channels * convolution.height * convolution.width; }
  [[nodiscard]] int64_t unpooled_size() const { return out_channels() * unpooled_pixels(); }
  [[nodiscard]] int64_t y_size() const { return kind.pools() ? unpooled_size() / 4 : unpooled_size(); }
};

// x and gy are channels-last, `weight` is as in SliceConvolution. `scale` has one value for each pixel of `unpooled`;
// it is undefined without normalisation. Both are undefined if the block recomputes them.
struct BlockOutput {
  Tensor y, unpooled, scale;
};
BlockOutput block_forward(const BlockShape& block, const Tensor& x, const Tensor& weight, const Tensor& bias);

struct BlockGradients {
  Tensor x, weight, bias;  // undefined unless BlockNeeds asks for them; weight and bias go together
};
struct BlockSaved {
  Tensor x, weight, bias, unpooled, scale;
};
struct BlockNeeds {
  bool x, weight;
  int64_t detached = 0;  // the number of images at the start whose gradient is 0
};
BlockGradients block_backward(const BlockShape& block, const BlockSaved& saved, const Tensor& gy,
                              const BlockNeeds& needs);

}  // namespace refract
