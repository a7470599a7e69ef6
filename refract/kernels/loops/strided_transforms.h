// The one-dimensional transforms of a 4x4 convolution with stride 2 as Winograd's F(4, 2) (Lavin and Gray 2016). The
// even and the odd rows of the fine image each meet two of the four taps, so that each phase is a filter with two taps.
// Four outputs of it are five products, at the points 0, 1, -1, 2 and infinity.
//
//   fine rows, one tile     -1  0  1  2  3  4  5  6  7  8      (relative to 8 times the tile's row)
//   phase 0, taps 0 and 2    *     *     *     *     *         5 rows, FineToPoints
//   phase 1, taps 1 and 3       *     *     *     *     *      5 rows, FineToPoints
//   coarse rows, one tile       0     1     2     3            4 rows; row r reads fine rows 2r - 1 to 2r + 2
//
// The convolution is a sum of products fine * coarse * weight. Each of the three has a transform to the points. If one
// of them is the result, it comes back by the transpose of its transform:
//
//                 to the points                  back, the transpose
//   fine          FineToPoints, 5 to 5           PointsToFine
//   coarse        CoarseToPoints, 4 to 5         PointsToCoarse
//   weight        kStridedFilterTransform (G)    G^T, in winograd_weights.cpp
#pragma once

#include <array>
#include <cstdint>

#include "refract/kernels/loops/vectors.h"

namespace refract::winograd {

// Five rows of one phase of the fine image: every other row.
struct FineToPoints {
  static constexpr int64_t from = 5, to = 5;
  template <class V>
  REFRACT_INLINE static void apply(const std::array<V, from>& d, std::array<V, to>& v) {
    const V third = d[3] - d[2];
    v[0] = 2 * (d[0] - d[2]) + (d[3] - d[1]);
    v[1] = third - 2 * d[1];
    v[2] = third + 2 * (d[1] - d[2]);
    v[3] = d[3] - d[1];
    v[4] = (d[4] - d[2]) - 2 * v[3];
  }
};

struct PointsToFine {
  static constexpr int64_t from = 5, to = 5;
  template <class V>
  REFRACT_INLINE static void apply(const std::array<V, from>& m, std::array<V, to>& y) {
    const V third = m[1] + m[2], fourth = m[0] + m[3] - 2 * m[4];
    y[0] = 2 * m[0];
    y[1] = 2 * (m[2] - m[1]) - fourth;
    y[2] = -2 * (m[0] + m[2]) - third - m[4];
    y[3] = third + fourth;
    y[4] = m[4];
  }
};

// Four rows of the coarse image.
struct CoarseToPoints {
  static constexpr int64_t from = 4, to = 5;
  template <class V>
  REFRACT_INLINE static void apply(const std::array<V, from>& g, std::array<V, to>& w) {
    const V even = g[0] + g[2], odd = g[1] + g[3];
    w[0] = g[0];
    w[1] = even + odd;
    w[2] = even - odd;
    w[3] = g[0] + 2 * (g[1] + 2 * (g[2] + 2 * g[3]));
    w[4] = g[3];
  }
};

struct PointsToCoarse {
  static constexpr int64_t from = 5, to = 4;
  template <class V>
  REFRACT_INLINE static void apply(const std::array<V, from>& m, std::array<V, to>& y) {
    const V sum = m[1] + m[2], difference = m[1] - m[2];
    y[0] = m[0] + sum + m[3];
    y[1] = difference + 2 * m[3];
    y[2] = sum + 4 * m[3];
    y[3] = difference + 8 * m[3] + m[4];
  }
};

// The filter transform G of one phase: [point][tap].
constexpr int64_t kStridedPoints = 5;
constexpr std::array<std::array<float, 2>, kStridedPoints> kStridedFilterTransform = {
    {{1.F / 2, 0}, {-1.F / 2, -1.F / 2}, {-1.F / 6, 1.F / 6}, {1.F / 6, 1.F / 3}, {0, 1}}};

}  // namespace refract::winograd
