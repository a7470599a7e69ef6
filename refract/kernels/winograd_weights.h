// The weights of Winograd's convolution at its points, and gradients back from there.
#pragma once

#include <cstdint>

namespace refract::winograd {

// What filters are of: a 3x3 convolution, one of up-sampled images, or a 4x4 one of stride 2, whose even and odd rows
// and columns are four phases of 2x2 taps.
enum class Kind { same, up_sampled, strided };

// From `in` to `out` channels, both multiples of 16. Strided: from the fine image's to the coarse one's, even where the
// convolution is the transposed one.
struct Filters {
  int64_t in, out;
  Kind kind;

  [[nodiscard]] int64_t phases() const { return kind == Kind::strided ? 4 : 1; }
  [[nodiscard]] int64_t taps() const { return kind == Kind::strided ? 16 : 9; }
  [[nodiscard]] int64_t products() const { return kind == Kind::same ? 36 : 25; }
  // Floats from the matrix of one product to the next, and of all. Were it a power of two, all products of a filter
  // would share a few cache lines' places.
  [[nodiscard]] int64_t apart() const { return phases() * in * out + 16; }
  [[nodiscard]] int64_t size() const { return products() * apart(); }
};

// Columns of packed weights that lie together.
constexpr int64_t panel_width(int64_t columns) {
  return columns % 32 == 0 ? 32 : 16;
}

// From [out, in, taps] to [products, columns / panel, rows, panel], products apart() from each other: of phases and
// `in` x `out` forward; backward, for the gradient of x, of `out` x phases and `in`, with 3x3 filters turned around.
void pack_forward(const Filters& filters, const float* weight, float* packed);
void pack_backward(const Filters& filters, const float* weight, float* packed);

// From the sum of `groups` gradients [products, phases, in, out], products apart() and gradients `apart` floats from
// each other, to [out, in, taps].
void unpack_gradient(const Filters& filters, const float* sums, int64_t groups, int64_t apart, float* gradient);

}  // namespace refract::winograd
