// The one-dimensional steps of Winograd's convolution F(4, 3) (Lavin and Gray 2016): four outputs of a filter with
// three taps as products at the points 0, 1, -1, 2, -2 and infinity. In two dimensions each step is taken along
// columns, then along rows.
//
// An up-sampled image is one with zeros between its pixels, filtered with (1, 1), which vanishes at the point -1: five
// products remain. Those at 2 and -2 multiply the same difference of pixels.
#pragma once

#include <array>
#include <cstdint>

#include "refract/kernels/vectors.h"

namespace refract::winograd {

// Each reads `from` values and writes `to`. Over an image, windows of `from` pixels stand `stride` apart, and the first
// begins `before` pixels outside. The names give the numbers: of pixels, or of points.

struct Pixels6ToPoints6 {
  static constexpr int64_t from = 6, to = 6, stride = 4, before = 1;
  template <class V>
  REFRACT_INLINE static void apply(const std::array<V, from>& d, std::array<V, to>& v) {
    const V even = d[4] - 4 * d[2], odd = d[3] - 4 * d[1];
    const V far_even = d[4] - d[2], far_odd = 2 * (d[3] - d[1]);
    v[0] = 4 * (d[0] - d[2]) + far_even;
    v[1] = even + odd;
    v[2] = even - odd;
    v[3] = far_even + far_odd;
    v[4] = far_even - far_odd;
    v[5] = d[5] - d[3] - 2 * far_odd;
  }
};

// Without the point -1: the gradient of an up-sampled image, to be summed over 2 x 2 pixels.
struct Pixels6ToPoints5 {
  static constexpr int64_t from = 6, to = 5, stride = 4, before = 1;
  template <class V>
  REFRACT_INLINE static void apply(const std::array<V, from>& d, std::array<V, to>& v) {
    std::array<V, 6> all;
    Pixels6ToPoints6::apply(d, all);
    v = {all[0], all[1], all[3], all[4], all[5]};
  }
};

// The same six pixels where they are x0 x1 x1 x2 x2 x3; the third value serves two products.
struct Pixels4ToPoints4 {
  static constexpr int64_t from = 4, to = 4, stride = 2, before = 1;
  template <class V>
  REFRACT_INLINE static void apply(const std::array<V, from>& x, std::array<V, to>& v) {
    v[0] = 4 * (x[0] - x[1]) + (x[2] - x[1]);
    v[1] = x[2] - 4 * x[1];
    v[2] = x[2] - x[1];
    v[3] = 4 * (x[1] - x[2]) + (x[3] - x[2]);
  }
};

struct Points6ToPixels4 {
  static constexpr int64_t from = 6, to = 4, stride = 4;
  template <class V>
  REFRACT_INLINE static void apply(const std::array<V, from>& m, std::array<V, to>& y) {
    const V sum = m[1] + m[2], difference = m[1] - m[2];
    const V far_sum = m[3] + m[4], far_difference = 2 * (m[3] - m[4]);
    y[0] = m[0] + sum + far_sum;
    y[1] = difference + far_difference;
    y[2] = sum + 4 * far_sum;
    y[3] = difference + 4 * far_difference + m[5];
  }
};

// Here the third and fourth product are the sum and the difference of those at 2 and -2.
struct Points5ToPixels4 {
  static constexpr int64_t from = 5, to = 4, stride = 4;
  template <class V>
  REFRACT_INLINE static void apply(const std::array<V, from>& m, std::array<V, to>& y) {
    const V far_difference = 2 * m[3];
    y[0] = m[0] + m[1] + m[2];
    y[1] = m[1] + far_difference;
    y[2] = m[1] + 4 * m[2];
    y[3] = m[1] + 4 * far_difference + m[4];
  }
};

// Sums of two neighbouring pixels.
struct Points4ToPixels2 {
  static constexpr int64_t from = 4, to = 2, stride = 2;
  template <class V>
  REFRACT_INLINE static void apply(const std::array<V, from>& m, std::array<V, to>& y) {
    y[0] = m[0] + m[1] + m[2];
    y[1] = m[1] + 4 * m[2] + m[3];
  }
};

// The transposes of the steps to four pixels, for the gradient of the weights.
struct Pixels4ToPoints6 {
  static constexpr int64_t from = 4, to = 6, stride = 4, before = 0;
  template <class V>
  REFRACT_INLINE static void apply(const std::array<V, from>& g, std::array<V, to>& w) {
    const V even = g[0] + g[2], odd = g[1] + g[3];
    const V far_even = g[0] + 4 * g[2], far_odd = 2 * (g[1] + 4 * g[3]);
    w[0] = g[0];
    w[1] = even + odd;
    w[2] = even - odd;
    w[3] = far_even + far_odd;
    w[4] = far_even - far_odd;
    w[5] = g[3];
  }
};

struct Pixels4ToPoints5 {
  static constexpr int64_t from = 4, to = 5, stride = 4, before = 0;
  template <class V>
  REFRACT_INLINE static void apply(const std::array<V, from>& g, std::array<V, to>& w) {
    w[0] = g[0];
    w[1] = (g[0] + g[2]) + (g[1] + g[3]);
    w[2] = g[0] + 4 * g[2];
    w[3] = 2 * (g[1] + 4 * g[3]);
    w[4] = g[3];
  }
};

// Which value along one dimension enters product k, and into which result it goes.
struct Products {
  int64_t count;
  std::array<int64_t, 6> left, result;
};
constexpr Products kEach{6, {0, 1, 2, 3, 4, 5}, {0, 1, 2, 3, 4, 5}};
constexpr Products kUpSampled{5, {0, 1, 2, 2, 3}, {0, 1, 2, 3, 4}};
constexpr Products kSummed{5, {0, 1, 2, 3, 4}, {0, 1, 2, 2, 3}};

// The weights at the points, one row for each product: [.][tap].
using Taps = std::array<float, 3>;
constexpr std::array<Taps, 6> kWeightEach = {{{1.F / 4, 0, 0},
                                              {-1.F / 6, -1.F / 6, -1.F / 6},
                                              {-1.F / 6, 1.F / 6, -1.F / 6},
                                              {1.F / 24, 1.F / 12, 1.F / 6},
                                              {1.F / 24, -1.F / 12, 1.F / 6},
                                              {0, 0, 1}}};
constexpr std::array<Taps, 5> kWeightUpSampled = {{{1.F / 4, 0, 0},
                                                   {-1.F / 3, -1.F / 3, -1.F / 3},
                                                   {1.F / 12, 1.F / 3, 1.F / 3},
                                                   {1.F / 6, 1.F / 6, 2.F / 3},
                                                   {0, 0, 1}}};
constexpr std::array<Taps, 5> kWeightSummed = {{{1.F / 4, 0, 0},
                                                {-1.F / 3, -1.F / 3, -1.F / 3},
                                                {1.F / 8, 1.F / 4, 1.F / 2},
                                                {-1.F / 24, 1.F / 12, -1.F / 6},
                                                {0, 0, 1}}};

}  // namespace refract::winograd
