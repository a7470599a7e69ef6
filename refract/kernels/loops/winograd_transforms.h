// The one-dimensional transforms of Winograd's convolution F(4, 3) (Lavin and Gray 2016): four outputs of a filter with
// three taps from six products, one at each of the points 0, 1, -1, 2, -2 and infinity. In two dimensions each
// transform runs along columns, then along rows:
//
//   Y = A^T [(G g G^T) * (B^T d B)] A       * : entry by entry, summed over the input channels
//            U            V
//
//   d  6x6 window of x       V  6x6 points      B^T  InputTransform, [6 points, 6 pixels]
//   g  3x3 filter            U  6x6 points      G    kFilterTransform, [6 points, 3 taps]
//   M = U * V, 6x6 points    Y  4x4 tile of y   A^T  OutputTransform, [4 pixels, 6 points]
//                                               A    GradientTransform, of the gradient of Y, for that of U
//
// Up-sampling is zeros between the pixels followed by the filter (1, 1), which vanishes at the point -1: five products
// remain in each dimension. Those at 2 and -2 multiply the same difference of pixels. The transforms are
//
//                     forward                                backward_data ("Summed": over 2x2 pixels)
//   to the points     UpSampledInputTransform, 4 to 4        SummedInputTransform, 6 to 5
//   products          5: kUpSampledProducts                  5: kSummedProducts
//   to pixels         UpSampledOutputTransform, 5 to 4       SummedOutputTransform, 4 to 2
#pragma once

#include <array>
#include <cstdint>

#include "refract/kernels/loops/vectors.h"

namespace refract::winograd {

// Each reads `from` values and writes `to` values. Over an image, windows of `from` pixels (to the points) or tiles of
// `to` pixels (back) are `stride` apart. The first window begins `padding` pixels outside.

struct InputTransform {
  static constexpr int64_t from = 6, to = 6, stride = 4, padding = 1;
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

// InputTransform without the point -1, for the gradient of an up-sampled image, which is summed over 2x2 pixels.
struct SummedInputTransform {
  static constexpr int64_t from = 6, to = 5, stride = 4, padding = 1;
  template <class V>
  REFRACT_INLINE static void apply(const std::array<V, from>& d, std::array<V, to>& v) {
    std::array<V, 6> six;
    InputTransform::apply(d, six);
    v = {six[0], six[1], six[3], six[4], six[5]};
  }
};

// InputTransform of the six pixels x0 x1 x1 x2 x2 x3, from x0 to x3. The third value serves two products.
struct UpSampledInputTransform {
  static constexpr int64_t from = 4, to = 4, stride = 2, padding = 1;
  template <class V>
  REFRACT_INLINE static void apply(const std::array<V, from>& x, std::array<V, to>& v) {
    v[0] = 4 * (x[0] - x[1]) + (x[2] - x[1]);
    v[1] = x[2] - 4 * x[1];
    v[2] = x[2] - x[1];
    v[3] = 4 * (x[1] - x[2]) + (x[3] - x[2]);
  }
};

struct OutputTransform {
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

// Here the products 2 and 3 are the sum and the difference of those at the points 2 and -2.
struct UpSampledOutputTransform {
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

// The sums of pixels 0 and 1 and of pixels 2 and 3.
struct SummedOutputTransform {
  static constexpr int64_t from = 4, to = 2, stride = 2;
  template <class V>
  REFRACT_INLINE static void apply(const std::array<V, from>& m, std::array<V, to>& y) {
    y[0] = m[0] + m[1] + m[2];
    y[1] = m[1] + 4 * m[2] + m[3];
  }
};

// The transposes of OutputTransform and UpSampledOutputTransform, for the gradient of the weights.
struct GradientTransform {
  static constexpr int64_t from = 4, to = 6, stride = 4, padding = 0;
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

struct UpSampledGradientTransform {
  static constexpr int64_t from = 4, to = 5, stride = 4, padding = 0;
  template <class V>
  REFRACT_INLINE static void apply(const std::array<V, from>& g, std::array<V, to>& w) {
    w[0] = g[0];
    w[1] = (g[0] + g[2]) + (g[1] + g[3]);
    w[2] = g[0] + 4 * g[2];
    w[3] = 2 * (g[1] + 4 * g[3]);
    w[4] = g[3];
  }
};

// Along one dimension, product k reads the point input[k] of V and adds to the point output[k] of M.
struct ProductIndices {
  int64_t count;
  std::array<int64_t, 6> input, output;
};
constexpr ProductIndices kPlainProducts{6, {0, 1, 2, 3, 4, 5}, {0, 1, 2, 3, 4, 5}};
constexpr ProductIndices kUpSampledProducts{5, {0, 1, 2, 2, 3}, {0, 1, 2, 3, 4}};
constexpr ProductIndices kSummedProducts{5, {0, 1, 2, 3, 4}, {0, 1, 2, 2, 3}};

// The filter transforms G: [product][tap].
using Taps = std::array<float, 3>;
constexpr std::array<Taps, 6> kFilterTransform = {{{1.F / 4, 0, 0},
                                                   {-1.F / 6, -1.F / 6, -1.F / 6},
                                                   {-1.F / 6, 1.F / 6, -1.F / 6},
                                                   {1.F / 24, 1.F / 12, 1.F / 6},
                                                   {1.F / 24, -1.F / 12, 1.F / 6},
                                                   {0, 0, 1}}};
constexpr std::array<Taps, 5> kUpSampledFilterTransform = {{{1.F / 4, 0, 0},
                                                            {-1.F / 3, -1.F / 3, -1.F / 3},
                                                            {1.F / 12, 1.F / 3, 1.F / 3},
                                                            {1.F / 6, 1.F / 6, 2.F / 3},
                                                            {0, 0, 1}}};
constexpr std::array<Taps, 5> kSummedFilterTransform = {{{1.F / 4, 0, 0},
                                                         {-1.F / 3, -1.F / 3, -1.F / 3},
                                                         {1.F / 8, 1.F / 4, 1.F / 2},
                                                         {-1.F / 24, 1.F / 12, -1.F / 6},
                                                         {0, 0, 1}}};

}  // namespace refract::winograd
