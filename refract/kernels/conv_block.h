// Convolutions with what stands around them in the networks of this field, in one pass over memory forward and one
// backward.
#pragma once

#include <optional>

#include "refract/core/tensor.h"

namespace refract {

enum class Resample {
  none,
  up,    // nearest-neighbour up-sampling by 2 before the convolution
  down,  // average pooling over 2 x 2 pixels at the end; height and width must be even
};

// conv_block: [N, in, H, W] to [N, out, H', W']: up-sampling if asked for, convolution (padding 1) with `weight`,
// [out, in, 3, 3], and `bias`, [out], then leaky_norm with `slope`, then pooling if asked for. No gradient is needed
// for the first `data` images: theirs is 0. plain_convolution: the convolution alone. strided_block: [N, in, H, W] to
// [N, out, H / 2, W / 2]: convolution (4x4, stride 2, padding 1) with `weight`, [out, in, 4, 4], and `bias`, then
// LeakyReLU with `slope` (0: ReLU) if there is one. transposed_block: [N, in, H, W] to [N, out, 2 H, 2 W]: the same
// with the transposed convolution and `weight`, [in, out, 4, 4]. Float, differentiable once. On the CPU, images pass
// through caches a few at a time (see slice_convolution.h). Sums run in an order that does not depend on the number of
// threads. Everywhere else and for other types it is the reference, as for numbers of channels that are neither at most
// 4 nor multiples of 16; strided or transposed, unless the side of fewer pixels has a multiple of 16.
Tensor conv_block(const Tensor& x, const Tensor& weight, const Tensor& bias, double slope,
                  Resample resample = Resample::none, int64_t data = 0);
Tensor plain_convolution(const Tensor& x, const Tensor& weight, const Tensor& bias);
Tensor strided_block(const Tensor& x, const Tensor& weight, const Tensor& bias, std::optional<double> slope);
Tensor transposed_block(const Tensor& x, const Tensor& weight, const Tensor& bias, std::optional<double> slope);

// The same in plain ATen operations: the path for other devices and the yardstick in tests.
Tensor conv_block_reference(const Tensor& x, const Tensor& weight, const Tensor& bias, double slope,
                            Resample resample = Resample::none);
Tensor strided_reference(const Tensor& x, const Tensor& weight, const Tensor& bias, std::optional<double> slope);
Tensor transposed_reference(const Tensor& x, const Tensor& weight, const Tensor& bias, std::optional<double> slope);

}  // namespace refract
