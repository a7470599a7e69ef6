// Convolutions fused with their neighbours: up-sampling, activation, normalisation and pooling. The forward pass and
// the backward pass each read memory once.
#pragma once

#include <optional>

#include "refract/core/tensor.h"

namespace refract {

enum class Resample {
  none,
  up,    // nearest-neighbour up-sampling by 2 before the convolution
  down,  // average pooling over 2 x 2 pixels at the end; height and width must be even
};

//   function           x             weight          y                  operations
//   conv_block         [N, in, H, W] [out, in, 3, 3] [N, out, H', W']   up-sampling, convolution, leaky_norm, pooling
//   plain_convolution  [N, in, H, W] [out, in, 3, 3] [N, out, H, W]     convolution
//   strided_block      [N, in, H, W] [out, in, 4, 4] [N, out, H/2, W/2] convolution of stride 2, LeakyReLU
//   transposed_block   [N, in, H, W] [in, out, 4, 4] [N, out, 2H, 2W]   its transpose, LeakyReLU
//
// All convolutions have padding 1 and a `bias`, [out]. Without a slope there is no LeakyReLU; slope 0 is ReLU.
// conv_block computes no gradient for the first `detached` images, which are data: theirs is 0.
//
// All are differentiable once. On the CPU a slice of the batch stays in a core's cache from the first operation to the
// last (see slice_convolution.h). Sums run in an order that does not depend on the number of threads. The reference
// below takes over on other devices, for types other than float, for odd sizes that must be halved, and for unusual
// channels: 3x3 needs both numbers to be multiples of 16, or one to be at most 4 and the other a multiple of 16 (not if
// x is up-sampled); 4x4 needs a multiple of 16 on the side of lower resolution.
Tensor conv_block(const Tensor& x, const Tensor& weight, const Tensor& bias, double slope,
                  Resample resample = Resample::none, int64_t detached = 0);
Tensor plain_convolution(const Tensor& x, const Tensor& weight, const Tensor& bias);
Tensor strided_block(const Tensor& x, const Tensor& weight, const Tensor& bias, std::optional<double> slope);
Tensor transposed_block(const Tensor& x, const Tensor& weight, const Tensor& bias, std::optional<double> slope);

// The same in plain ATen operations. They serve other devices, and tests compare with them.
Tensor conv_block_reference(const Tensor& x, const Tensor& weight, const Tensor& bias, double slope,
                            Resample resample = Resample::none);
Tensor strided_reference(const Tensor& x, const Tensor& weight, const Tensor& bias, std::optional<double> slope);
Tensor transposed_reference(const Tensor& x, const Tensor& weight, const Tensor& bias, std::optional<double> slope);

}  // namespace refract
