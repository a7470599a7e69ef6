// One convolution block forward and backward on the CPU, without autograd: the inside of `conv_block.h`.
#pragma once

#include "refract/core/tensor.h"
#include "refract/kernels/slice_convolution.h"

namespace refract {

// What an image goes through after the convolution.
enum class Finish {
  none,
  rectify,             // LeakyReLU
  normalise,           // leaky_norm
  normalise_and_pool,  // averages over 2 x 2 pixels of that
};

struct BlockKind {
  Filter filter;
  Finish finish;
  float slope = 0;  // of the LeakyReLU
  // The backward pass computes y before pooling once more instead of finding it stored. Only where it is pooled.
  bool recomputes = false;

  [[nodiscard]] bool normalises() const { return finish == Finish::normalise || pools(); }
  [[nodiscard]] bool pools() const { return finish == Finish::normalise_and_pool; }
};

// What a block does to what. Sizes count floats; an image lies [height, width, channels] in memory.
struct BlockShape {
  BlockShape(const Tensor& x, const Tensor& weight, const BlockKind& kind);

  BlockKind kind;
  int64_t images;
  ConvolutionShape convolution;
  int64_t groups;  // of images, each of which sums a weight gradient of its own
  int64_t slice;   // images that go through caches together

  [[nodiscard]] int64_t out() const { return convolution.out; }
  [[nodiscard]] int64_t full_height() const { return convolution.after(convolution.height); }
  [[nodiscard]] int64_t full_width() const { return convolution.after(convolution.width); }
  [[nodiscard]] int64_t full_pixels() const { return full_height() * full_width(); }
  // That each tap of a filter meets.
  [[nodiscard]] int64_t met_pixels() const {
    return kind.filter == Filter::transposed ? convolution.height * convolution.width : full_pixels();
  }
  [[nodiscard]] int64_t x_size() const { return convolution.in * convolution.height * convolution.width; }
  [[nodiscard]] int64_t full_size() const { return out() * full_pixels(); }
  [[nodiscard]] int64_t y_size() const { return kind.pools() ? full_size() / 4 : full_size(); }
};

// x and gradients of y are channels-last, `weight` as SliceConvolution has it. `full` is y before pooling (or y
// itself), `scale` that of each of its pixels (undefined unless normalised); both are undefined where they are
// recomputed.
struct BlockOutput {
  Tensor y, full, scale;
};
BlockOutput block_forward(const BlockShape& block, const Tensor& x, const Tensor& weight, const Tensor& bias);

struct BlockGradients {
  Tensor x, weight, bias;  // undefined where not asked for; weight and bias go together
};
struct BlockSaved {
  Tensor x, weight, bias, full, scale;
};
struct BlockNeeds {
  bool x, weight;
  int64_t data = 0;  // images at the start whose gradient is 0
};
BlockGradients block_backward(const BlockShape& block, const BlockSaved& saved, const Tensor& gy,
                              const BlockNeeds& needs);

}  // namespace refract
