#include "refract/kernels/winograd_weights.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <array>

#include "refract/kernels/strided_points.h"
#include "refract/kernels/winograd_points.h"

namespace refract::winograd {
namespace {

constexpr int64_t kTogether = 16;         // filters whose taps are sorted at once
constexpr int64_t kThreadFilters = 4096;  // that are worth waking a thread for

// Where the taps of [out, in, taps] go when they are sorted, phase by phase.
constexpr std::array<int64_t, 9> kAsTheyAre = {0, 1, 2, 3, 4, 5, 6, 7, 8};
constexpr std::array<int64_t, 9> kTurned = {8, 7, 6, 5, 4, 3, 2, 1, 0};
constexpr std::array<int64_t, 16> kByPhase = {0, 4, 1, 5, 8, 12, 9, 13, 2, 6, 3, 7, 10, 14, 11, 15};

// Filters with `side` x `side` taps in a phase, and their weights at the points of a direction: [.][tap].
template <size_t side, size_t points>
struct Steps {
  const std::array<std::array<float, side>, points>& at;

  // Taps at the points, along columns, then along rows.
  template <class Vector, class Store>
  REFRACT_INLINE void to_points(const Vector* taps, Store store) const {
    std::array<std::array<Vector, side>, points> half;
#pragma GCC unroll 8
    for (size_t p = 0; p < points; ++p)
#pragma GCC unroll 8
      for (size_t b = 0; b < side; ++b)
        half[p][b] = sum(at[p], [&](size_t a) REFRACT_INLINED { return taps[side * a + b]; });
#pragma GCC unroll 8
    for (size_t p = 0; p < points; ++p)
#pragma GCC unroll 8
      for (size_t q = 0; q < points; ++q)
        store(p * points + q, sum(at[q], [&](size_t b) REFRACT_INLINED { return half[p][b]; }));
  }

  // The transpose.
  template <class Vector, class Load>
  REFRACT_INLINE void to_taps(Load load, Vector* taps) const {
    std::array<std::array<Vector, side>, points> half{};
#pragma GCC unroll 8
    for (size_t p = 0; p < points; ++p)
#pragma GCC unroll 8
      for (size_t q = 0; q < points; ++q) {
        const Vector value = load(p * points + q);
#pragma GCC unroll 8
        for (size_t b = 0; b < side; ++b) half[p][b] = half[p][b] + at[q][b] * value;
      }
    std::fill_n(taps, side * side, Vector());
#pragma GCC unroll 8
    for (size_t p = 0; p < points; ++p)
#pragma GCC unroll 8
      for (size_t a = 0; a < side; ++a)
#pragma GCC unroll 8
        for (size_t b = 0; b < side; ++b) taps[side * a + b] = taps[side * a + b] + at[p][a] * half[p][b];
  }

 private:
  template <class Entry>
  REFRACT_INLINE static auto sum(const std::array<float, side>& factors, Entry entry) {
    auto total = factors[0] * entry(0);
#pragma GCC unroll 8
    for (size_t k = 1; k < side; ++k) total = total + factors[k] * entry(k);
    return total;
  }
};

// Where filters stand in a matrix that is multiplied from the right, and how far apart in [out, in, taps]. From a phase
// to the next the matrix goes on below or beside.
struct Matrix {
  int64_t rows, columns, row, column, apart;
  int64_t below, beside;
};

// Row `k` of each phase of the matrix.
template <int64_t Lanes, size_t side, size_t points, size_t taps>
REFRACT_INLINE void pack_row(const Steps<side, points>& steps, const std::array<int64_t, taps>& order, const Matrix& m,
                             int64_t k, const float* weight, float* packed) {
  constexpr int64_t of_phase = side * side;
  const int64_t panel = panel_width(m.columns);
  for (int64_t first = 0; first < m.columns; first += kTogether) {
    std::array<std::array<float, kTogether>, taps> sorted;
    for (int64_t c = 0; c < kTogether; ++c)
      for (size_t tap = 0; tap < taps; ++tap)
        sorted[order[tap]][c] = weight[k * m.row + (first + c) * m.column + static_cast<int64_t>(tap)];
    for (int64_t phase = 0; phase < static_cast<int64_t>(taps) / of_phase; ++phase)
      for (int64_t lane = 0; lane < kTogether; lane += Lanes) {
        std::array<Vector<Lanes>, of_phase> of;
        for (int64_t tap = 0; tap < of_phase; ++tap)
          of[tap] = Vector<Lanes>::load(sorted[phase * of_phase + tap].data() + lane);
        const int64_t row = k + phase * m.below;
        const int64_t column = first + phase * m.beside;
        float* to = packed + (column / panel * m.rows + row) * panel + column % panel + lane;
        steps.to_points(of.data(), [&](size_t product, const Vector<Lanes>& value)
                                       REFRACT_INLINED { value.store(to + static_cast<int64_t>(product) * m.apart); });
      }
  }
}

struct Sums {
  const float* data;
  int64_t groups, apart;
};

// The gradients of the filters from input channel `k`.
template <int64_t Lanes, size_t side, size_t points, size_t taps>
REFRACT_INLINE void unpack_row(const Steps<side, points>& steps, const std::array<int64_t, taps>& order,
                               const Filters& f, int64_t k, const Sums& sums, float* gradient) {
  constexpr int64_t of_phase = side * side;
  for (int64_t column = 0; column < f.out; column += kTogether) {
    std::array<std::array<float, kTogether>, taps> sorted;
    for (int64_t phase = 0; phase < static_cast<int64_t>(taps) / of_phase; ++phase)
      for (int64_t lane = 0; lane < kTogether; lane += Lanes) {
        const float* from = sums.data + (phase * f.in + k) * f.out + column + lane;
        std::array<Vector<Lanes>, of_phase> of;
        steps.to_taps(
            [&](size_t product) REFRACT_INLINED {
              const float* of_first = from + static_cast<int64_t>(product) * f.apart();
              auto sum = Vector<Lanes>::load(of_first);
              for (int64_t g = 1; g < sums.groups; ++g) sum = sum + Vector<Lanes>::load(of_first + g * sums.apart);
              return sum;
            },
            of.data());
        for (int64_t tap = 0; tap < of_phase; ++tap) of[tap].store(sorted[phase * of_phase + tap].data() + lane);
      }
    for (int64_t c = 0; c < kTogether; ++c)
      for (size_t tap = 0; tap < taps; ++tap)
        gradient[((column + c) * f.in + k) * static_cast<int64_t>(taps) + static_cast<int64_t>(tap)] =
            sorted[order[tap]][c];
  }
}

enum class Way { forward, backward, gradient };

struct Task {
  Way way;
  Filters filters;
  Matrix matrix;        // packing
  const float* weight;  // packing
  Sums sums;            // unpacking
  float* to;
};

template <int64_t Lanes, size_t side, size_t points, size_t taps>
REFRACT_INLINE void run_rows(const Steps<side, points>& steps, const std::array<int64_t, taps>& order, const Task& t,
                             int64_t begin, int64_t end) {
  for (int64_t k = begin; k < end; ++k)
    if (t.way == Way::gradient)
      unpack_row<Lanes>(steps, order, t.filters, k, t.sums, t.to);
    else
      pack_row<Lanes>(steps, order, t.matrix, k, t.weight, t.to);
}

template <int64_t Lanes>
REFRACT_INLINE void run_with(const Task& t, int64_t begin, int64_t end) {
  const auto& order = t.way == Way::backward ? kTurned : kAsTheyAre;
  switch (t.filters.kind) {
    case Kind::same:
      return run_rows<Lanes>(Steps<3, 6>{kWeightEach}, order, t, begin, end);
    case Kind::up_sampled:
      return run_rows<Lanes>(Steps<3, 5>{t.way == Way::backward ? kWeightSummed : kWeightUpSampled}, order, t, begin,
                             end);
    case Kind::strided:
      return run_rows<Lanes>(Steps<2, 5>{kStridedTaps}, kByPhase, t, begin, end);
  }
}

#ifdef REFRACT_X86
REFRACT_AVX512 void rows_avx512(const Task& task, int64_t begin, int64_t end) {
  run_with<16>(task, begin, end);
}
REFRACT_AVX2 void rows_avx2(const Task& task, int64_t begin, int64_t end) {
  run_with<8>(task, begin, end);
}
#endif
void rows_any(const Task& task, int64_t begin, int64_t end) {
  run_with<4>(task, begin, end);
}

void run(const Task& task, int64_t rows, int64_t columns) {
  const int64_t filters = columns * std::max<int64_t>(1, task.sums.groups);  // of a row, each time they are read
  at::parallel_for(0, rows, std::max<int64_t>(1, kThreadFilters / filters), [&](int64_t begin, int64_t end) {
    REFRACT_CHOSEN(rows)(task, begin, end);
  });
}

}  // namespace

void pack_forward(const Filters& f, const float* weight, float* packed) {
  const Matrix matrix{f.phases() * f.in, f.out, f.taps(), f.in * f.taps(), f.apart(), f.in, 0};
  run({Way::forward, f, matrix, weight, {}, packed}, f.in, f.phases() * f.out);
}

void pack_backward(const Filters& f, const float* weight, float* packed) {
  const Matrix matrix{f.out, f.in, f.in * f.taps(), f.taps(), f.apart(), 0, f.in};
  run({Way::backward, f, matrix, weight, {}, packed}, f.out, f.phases() * f.in);
}

void unpack_gradient(const Filters& f, const float* sums, int64_t groups, int64_t apart, float* gradient) {
  run({Way::gradient, f, {}, nullptr, {sums, groups, apart}, gradient}, f.in, f.phases() * f.out);
}

}  // namespace refract::winograd
