// The weights of Winograd's convolution at its points, and gradients back from there.
#pragma once

#include <cstdint>

namespace refract::winograd {

// Of a convolution from `in` to `out` channels, both multiples of 16; with `up`, of up-sampled images.
struct Filters {
  int64_t in, out;
  bool up;

  [[nodiscard]] int64_t products() const { return up ? 25 : 36; }
  // Floats from the matrix of one product to the next, and of all. Were it a power of two, all products of a filter
  // would share a few cache lines' places.
  [[nodiscard]] int64_t apart() const { return in * out + 16; }
  [[nodiscard]] int64_t size() const { return products() * apart(); }
};

// Columns of packed weights that lie together.
constexpr int64_t panel_width(int64_t columns) {
  return columns % 32 == 0 ? 32 : 16;
}

// From [out, in, 3, 3] to [products, columns / panel, rows, panel], products apart() from each other: of in x out
// forward, and of out x in, with the filters turned around, for the gradient of x.
void pack_forward(const Filters& filters, const float* weight, float* packed);
void pack_backward(const Filters& filters, const float* weight, float* packed);

// From the sum of `groups` gradients [products, in, out], products apart() and gradients `apart` floats from each
// other, to [out, in, 3, 3].
void unpack_gradient(const Filters& filters, const float* sums, int64_t groups, int64_t apart, float* gradient);

}  // namespace refract::winograd
