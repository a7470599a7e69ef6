#include "refract/kernels/weight_order.h"

#include <ATen/ops/zeros.h>

#include <array>

namespace refract {
namespace {

// Which taps of a 3x3 kernel fall onto which of the 2x2 small pixels around a corner, [9, 4 entries * 4 pixels]. In one
// dimension, entry 0 sees the pixel before the corner through tap 0 and the one after through taps 1 and 2; entry 1
// sees them through taps 0 and 1, and through tap 2.
Tensor corner_taps() {
  constexpr std::array<std::array<int, 3>, 2> pixel_of = {{{0, 1, 1}, {0, 0, 1}}};
  const Tensor taps = at::zeros({9, 2, 2, 2, 2});
  auto at_index = taps.accessor<float, 5>();
  for (int a = 0; a < 2; ++a)
    for (int b = 0; b < 2; ++b)
      for (int i = 0; i < 3; ++i)
        for (int j = 0; j < 3; ++j) at_index[3 * i + j][a][b][pixel_of.at(a).at(i)][pixel_of.at(b).at(j)] = 1;
  return taps.view({9, 16});
}

}  // namespace

Tensor corner_weight(const Tensor& weight) {
  const int64_t out = weight.size(0);
  const int64_t in = weight.size(1);
  const Tensor all = weight.reshape({out * in, 9}).matmul(corner_taps());
  return all.view({out, in, 4, 4}).permute({2, 0, 1, 3}).reshape({4 * out, in, 2, 2}).contiguous();
}

Tensor corner_weight_gradient(const Tensor& gradient) {
  const int64_t out = gradient.size(0) / 4;
  const int64_t in = gradient.size(1);
  const Tensor all = gradient.view({4, out, in, 4}).permute({1, 2, 0, 3}).reshape({out * in, 16});
  return all.matmul(corner_taps().t()).view({out, in, 3, 3});
}

Tensor thin_weight(const Tensor& weight) {
  return weight.reshape({weight.size(0), weight.size(1) / 16, 16, 3, 3}).permute({1, 3, 4, 0, 2}).contiguous();
}

Tensor thin_weight_gradient(const Tensor& gradient, int64_t channels, int64_t thin) {
  return gradient.view({channels / 16, 3, 3, thin, 16}).permute({3, 0, 4, 1, 2}).reshape({thin, channels, 3, 3});
}

}  // namespace refract
