// The filter transform of Winograd's convolution, U = G g G^T, the packing of U for the matrix products, and the
// transpose of the transform for gradients.
//
// A packed U of `rows` x `columns` is [products, columns / panel, rows, panel]: at each product the matrix is cut into
// panels of columns, and each panel is contiguous, so that a micro-kernel reads it from start to end.
//
//      one product:           columns                     in memory:
//                   +---------+---------+----              panel 0       panel 1
//             rows  | panel 0 | panel 1 | ...      ->     |row 0|row 1|...|row 0|row 1|...
//                   +---------+---------+----              `panel` floats each
//
//               rows           columns
//   forward     phases * in    out                         phases: 1, or 4 if strided
//   backward    out            phases * in                 3x3 filters are rotated by 180 degrees
//   gradient    phases * in    out                         not packed: [products, phases, in, out]
#pragma once

#include <cstdint>

namespace refract::winograd {

// A 3x3 convolution, a 3x3 convolution of up-sampled images, or a 4x4 convolution of stride 2. The last one has four
// phases of 2x2 taps: even and odd rows, even and odd columns of the filter.
enum class Kind { same, up_sampled, strided };

// Both numbers of channels are multiples of 16. Strided: in_channels are those of the fine image and out_channels those
// of the coarse one, even if the convolution is transposed.
struct Filters {
  int64_t in_channels, out_channels;
  Kind kind;

  [[nodiscard]] int64_t phases() const { return kind == Kind::strided ? 4 : 1; }
  [[nodiscard]] int64_t taps() const { return kind == Kind::strided ? 16 : 9; }
  [[nodiscard]] int64_t products() const { return kind == Kind::same ? 36 : 25; }
  // Floats from the matrix of one product to the next. The 16 extra floats avoid powers of two, which would map all
  // products of a filter to the same few cache sets.
  [[nodiscard]] int64_t product_stride() const { return phases() * in_channels * out_channels + 16; }
  [[nodiscard]] int64_t size() const { return products() * product_stride(); }
};

// The columns of a panel of packed weights.
constexpr int64_t panel_width(int64_t columns) {
  return columns % 32 == 0 ? 32 : 16;
}

// From [out, in, taps] to the packed U above, Filters::size() floats, with Filters::product_stride() from one product
// to the next. pack_backward() is for the gradient of x.
void pack_forward(const Filters& filters, const float* weight, float* packed);
void pack_backward(const Filters& filters, const float* weight, float* packed);

// From the sum of `groups` gradients to [out, in, taps]. Each is [products, phases, in, out] with product_stride(); one
// begins `group_stride` floats after the other.
void unpack_gradient(const Filters& filters, const float* sums, int64_t groups, int64_t group_stride, float* gradient);

}  // namespace refract::winograd
