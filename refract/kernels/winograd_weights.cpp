#include "refract/kernels/winograd_weights.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <array>

#include "refract/kernels/winograd_points.h"

namespace refract::winograd {
namespace {

constexpr int64_t kTaps = 9;
constexpr int64_t kTogether = 16;        // filters whose taps are sorted at once
constexpr int64_t kThreadFloats = 4096;  // filters that are worth waking a thread for

using Sorted = std::array<std::array<float, kTogether>, kTaps>;  // tap by tap

// Three taps at the points, along columns, then along rows.
template <class Vector, size_t points, class Store>
REFRACT_INLINE void to_points(const std::array<Taps, points>& rows, const std::array<Vector, kTaps>& taps,
                              Store store) {
  std::array<std::array<Vector, 3>, points> half;
  for (size_t p = 0; p < points; ++p)
    for (size_t b = 0; b < 3; ++b)
      half[p][b] = rows[p][0] * taps[b] + rows[p][1] * taps[3 + b] + rows[p][2] * taps[6 + b];
  for (size_t p = 0; p < points; ++p)
    for (size_t q = 0; q < points; ++q)
      store(p * points + q, rows[q][0] * half[p][0] + rows[q][1] * half[p][1] + rows[q][2] * half[p][2]);
}

// The transpose.
template <class Vector, size_t points, class Load>
REFRACT_INLINE void to_taps(const std::array<Taps, points>& rows, Load load, std::array<Vector, kTaps>& taps) {
  std::array<std::array<Vector, 3>, points> half{};
  for (size_t p = 0; p < points; ++p)
    for (size_t q = 0; q < points; ++q) {
      const Vector value = load(p * points + q);
      for (size_t b = 0; b < 3; ++b) half[p][b] = half[p][b] + rows[q][b] * value;
    }
  taps = {};
  for (size_t p = 0; p < points; ++p)
    for (size_t a = 0; a < 3; ++a)
      for (size_t b = 0; b < 3; ++b) taps[3 * a + b] = taps[3 * a + b] + rows[p][a] * half[p][b];
}

// Where filters stand in a matrix that is multiplied from the right, and how far apart in [out, in, 3, 3].
struct Matrix {
  int64_t rows, columns, row, column, apart;
  bool turned;
};

// Row `k` of the matrix.
template <int64_t Lanes, size_t points>
REFRACT_INLINE void pack_row(const std::array<Taps, points>& at, const Matrix& m, int64_t k, const float* weight,
                             float* packed) {
  const int64_t panel = panel_width(m.columns);
  for (int64_t column = 0; column < m.columns; column += kTogether) {
    Sorted sorted;
    for (int64_t c = 0; c < kTogether; ++c)
      for (int64_t tap = 0; tap < kTaps; ++tap)
        sorted[m.turned ? kTaps - 1 - tap : tap][c] = weight[k * m.row + (column + c) * m.column + tap];
    for (int64_t lane = 0; lane < kTogether; lane += Lanes) {
      std::array<Vector<Lanes>, kTaps> taps;
      for (int64_t tap = 0; tap < kTaps; ++tap) taps[tap] = Vector<Lanes>::load(sorted[tap].data() + lane);
      float* to = packed + (column / panel * m.rows + k) * panel + column % panel + lane;
      to_points(at, taps, [&](size_t product, const Vector<Lanes>& value) REFRACT_INLINED {
        value.store(to + static_cast<int64_t>(product) * m.apart);
      });
    }
  }
}

// The gradients of the filters from input channel `k`.
template <int64_t Lanes, size_t points>
REFRACT_INLINE void unpack_row(const std::array<Taps, points>& at, const Filters& f, int64_t k, const float* sums,
                               int64_t groups, int64_t apart, float* gradient) {
  for (int64_t column = 0; column < f.out; column += kTogether) {
    Sorted sorted;
    for (int64_t lane = 0; lane < kTogether; lane += Lanes) {
      const float* from = sums + k * f.out + column + lane;
      std::array<Vector<Lanes>, kTaps> taps;
      to_taps(
          at,
          [&](size_t product) REFRACT_INLINED {
            const float* of_first = from + static_cast<int64_t>(product) * f.apart();
            auto sum = Vector<Lanes>::load(of_first);
            for (int64_t g = 1; g < groups; ++g) sum = sum + Vector<Lanes>::load(of_first + g * apart);
            return sum;
          },
          taps);
      for (int64_t tap = 0; tap < kTaps; ++tap) taps[tap].store(sorted[tap].data() + lane);
    }
    for (int64_t c = 0; c < kTogether; ++c)
      for (int64_t tap = 0; tap < kTaps; ++tap) gradient[((column + c) * f.in + k) * kTaps + tap] = sorted[tap][c];
  }
}

struct Task {
  Filters filters;
  Matrix matrix;       // packing
  const float* from;   // weights, or sums of gradients
  int64_t groups = 0;  // unpacking
  int64_t apart = 0;
  float* to = nullptr;
};

template <int64_t Lanes>
REFRACT_INLINE void run_rows(const Task& t, int64_t begin, int64_t end) {
  for (int64_t k = begin; k < end; ++k)
    if (t.groups > 0 && t.filters.up)
      unpack_row<Lanes>(kWeightUpSampled, t.filters, k, t.from, t.groups, t.apart, t.to);
    else if (t.groups > 0)
      unpack_row<Lanes>(kWeightEach, t.filters, k, t.from, t.groups, t.apart, t.to);
    else if (!t.filters.up)
      pack_row<Lanes>(kWeightEach, t.matrix, k, t.from, t.to);
    else if (t.matrix.turned)
      pack_row<Lanes>(kWeightSummed, t.matrix, k, t.from, t.to);
    else
      pack_row<Lanes>(kWeightUpSampled, t.matrix, k, t.from, t.to);
}

#ifdef REFRACT_X86
REFRACT_AVX512 void rows_avx512(const Task& task, int64_t begin, int64_t end) {
  run_rows<16>(task, begin, end);
}
REFRACT_AVX2 void rows_avx2(const Task& task, int64_t begin, int64_t end) {
  run_rows<8>(task, begin, end);
}
#endif
void rows_any(const Task& task, int64_t begin, int64_t end) {
  run_rows<4>(task, begin, end);
}

void run(const Task& task, int64_t rows, int64_t columns) {
  at::parallel_for(0, rows, std::max<int64_t>(1, kThreadFloats / columns), [&](int64_t begin, int64_t end) {
    REFRACT_CHOSEN(rows)(task, begin, end);
  });
}

}  // namespace

void pack_forward(const Filters& filters, const float* weight, float* packed) {
  run({filters, {filters.in, filters.out, kTaps, filters.in * kTaps, filters.apart(), false}, weight, 0, 0, packed},
      filters.in, filters.out);
}

void pack_backward(const Filters& filters, const float* weight, float* packed) {
  run({filters, {filters.out, filters.in, filters.in * kTaps, kTaps, filters.apart(), true}, weight, 0, 0, packed},
      filters.out, filters.in);
}

void unpack_gradient(const Filters& filters, const float* sums, int64_t groups, int64_t apart, float* gradient) {
  run({filters, {}, sums, groups, apart, gradient}, filters.in, filters.out);
}

}  // namespace refract::winograd
