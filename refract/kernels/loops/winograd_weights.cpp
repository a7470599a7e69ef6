#include "refract/kernels/loops/winograd_weights.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <array>

#include "refract/kernels/loops/strided_transforms.h"
#include "refract/kernels/loops/winograd_transforms.h"

namespace refract::winograd {
namespace {

constexpr int64_t kFiltersAtOnce = 16;       // filters whose taps are transposed at once
constexpr int64_t kFiltersPerThread = 4096;  // the least work that is worth waking a thread for

// The place of each tap of [out, in, taps] after sorting: phase by phase.
constexpr std::array<int64_t, 9> kTapsInOrder = {0, 1, 2, 3, 4, 5, 6, 7, 8};
constexpr std::array<int64_t, 9> kTapsFlipped = {8, 7, 6, 5, 4, 3, 2, 1, 0};
constexpr std::array<int64_t, 16> kTapsByPhase = {0, 4, 1, 5, 8, 12, 9, 13, 2, 6, 3, 7, 10, 14, 11, 15};

// The transform of `side` x `side` taps, one phase of a filter. `matrix` is G, [points][tap].
template <size_t side, size_t points>
struct FilterTransform {
  const std::array<std::array<float, side>, points>& matrix;

  // U = G g G^T: first along columns, then along rows.
  template <class Vector, class Store>
  REFRACT_INLINE void to_points(const Vector* taps, Store store) const {
    std::array<std::array<Vector, side>, points> half_transformed;
#pragma GCC unroll 8
    for (size_t p = 0; p < points; ++p)
#pragma GCC unroll 8
      for (size_t b = 0; b < side; ++b)
        half_transformed[p][b] = sum(matrix[p], [&](size_t a) REFRACT_INLINED { return taps[side * a + b]; });
#pragma GCC unroll 8
    for (size_t p = 0; p < points; ++p)
#pragma GCC unroll 8
      for (size_t q = 0; q < points; ++q)
        store(p * points + q, sum(matrix[q], [&](size_t b) REFRACT_INLINED { return half_transformed[p][b]; }));
  }

  // The transpose, for gradients: G^T u G.
  template <class Vector, class Load>
  REFRACT_INLINE void to_taps(Load load, Vector* taps) const {
    std::array<std::array<Vector, side>, points> half_transformed{};
#pragma GCC unroll 8
    for (size_t p = 0; p < points; ++p)
#pragma GCC unroll 8
      for (size_t q = 0; q < points; ++q) {
        const Vector value = load(p * points + q);
#pragma GCC unroll 8
        for (size_t b = 0; b < side; ++b) half_transformed[p][b] = half_transformed[p][b] + matrix[q][b] * value;
      }
    std::fill_n(taps, side * side, Vector());
#pragma GCC unroll 8
    for (size_t p = 0; p < points; ++p)
#pragma GCC unroll 8
      for (size_t a = 0; a < side; ++a)
#pragma GCC unroll 8
        for (size_t b = 0; b < side; ++b)
          taps[side * a + b] = taps[side * a + b] + matrix[p][a] * half_transformed[p][b];
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

// The shape of a packed matrix, and the strides of its rows and columns in the source [out, in, taps]. The next phase
// begins phase_row_offset rows below or phase_column_offset columns to the right.
struct PackedMatrix {
  int64_t rows, columns, source_row_stride, source_column_stride, product_stride;
  int64_t phase_row_offset, phase_column_offset;
};

// Packs row `k` of each phase.
template <int64_t Lanes, size_t side, size_t points, size_t taps>
REFRACT_INLINE void pack_row(const FilterTransform<side, points>& transform, const std::array<int64_t, taps>& order,
                             const PackedMatrix& m, int64_t k, const float* weight, float* packed) {
  constexpr int64_t taps_per_phase = side * side;
  const int64_t panel = panel_width(m.columns);
  for (int64_t first = 0; first < m.columns; first += kFiltersAtOnce) {
    std::array<std::array<float, kFiltersAtOnce>, taps> sorted;
    for (int64_t c = 0; c < kFiltersAtOnce; ++c)
      for (size_t tap = 0; tap < taps; ++tap)
        sorted[order[tap]][c] =
            weight[k * m.source_row_stride + (first + c) * m.source_column_stride + static_cast<int64_t>(tap)];
    for (int64_t phase = 0; phase < static_cast<int64_t>(taps) / taps_per_phase; ++phase)
      for (int64_t lane = 0; lane < kFiltersAtOnce; lane += Lanes) {
        std::array<Vector<Lanes>, taps_per_phase> phase_taps;
        for (int64_t tap = 0; tap < taps_per_phase; ++tap)
          phase_taps[tap] = Vector<Lanes>::load(sorted[phase * taps_per_phase + tap].data() + lane);
        const int64_t row = k + phase * m.phase_row_offset;
        const int64_t column = first + phase * m.phase_column_offset;
        float* to = packed + (column / panel * m.rows + row) * panel + column % panel + lane;
        transform.to_points(phase_taps.data(), [&](size_t product, const Vector<Lanes>& value) REFRACT_INLINED {
          value.store(to + static_cast<int64_t>(product) * m.product_stride);
        });
      }
  }
}

struct Sums {
  const float* data;
  int64_t groups, group_stride;
};

// The gradients of the filters from input channel `k`.
template <int64_t Lanes, size_t side, size_t points, size_t taps>
REFRACT_INLINE void unpack_row(const FilterTransform<side, points>& transform, const std::array<int64_t, taps>& order,
                               const Filters& f, int64_t k, const Sums& sums, float* gradient) {
  constexpr int64_t taps_per_phase = side * side;
  for (int64_t column = 0; column < f.out_channels; column += kFiltersAtOnce) {
    std::array<std::array<float, kFiltersAtOnce>, taps> sorted;
    for (int64_t phase = 0; phase < static_cast<int64_t>(taps) / taps_per_phase; ++phase)
      for (int64_t lane = 0; lane < kFiltersAtOnce; lane += Lanes) {
        const float* from = sums.data + (phase * f.in_channels + k) * f.out_channels + column + lane;
        std::array<Vector<Lanes>, taps_per_phase> phase_taps;
        transform.to_taps(
            [&](size_t product) REFRACT_INLINED {
              const float* of_first_group = from + static_cast<int64_t>(product) * f.product_stride();
              auto sum = Vector<Lanes>::load(of_first_group);
              for (int64_t g = 1; g < sums.groups; ++g)
                sum = sum + Vector<Lanes>::load(of_first_group + g * sums.group_stride);
              return sum;
            },
            phase_taps.data());
        for (int64_t tap = 0; tap < taps_per_phase; ++tap)
          phase_taps[tap].store(sorted[phase * taps_per_phase + tap].data() + lane);
      }
    for (int64_t c = 0; c < kFiltersAtOnce; ++c)
      for (size_t tap = 0; tap < taps; ++tap)
        gradient[((column + c) * f.in_channels + k) * static_cast<int64_t>(taps) + static_cast<int64_t>(tap)] =
            sorted[order[tap]][c];
  }
}

enum class Mode { forward, backward, gradient };

struct Task {
  Mode mode;
  Filters filters;
  PackedMatrix matrix;  // packing
  const float* weight;  // packing
  Sums sums;            // unpacking
  float* to;
};

template <int64_t Lanes, size_t side, size_t points, size_t taps>
REFRACT_INLINE void run_rows(const FilterTransform<side, points>& transform, const std::array<int64_t, taps>& order,
                             const Task& t, int64_t begin, int64_t end) {
  for (int64_t k = begin; k < end; ++k)
    if (t.mode == Mode::gradient)
      unpack_row<Lanes>(transform, order, t.filters, k, t.sums, t.to);
    else
      pack_row<Lanes>(transform, order, t.matrix, k, t.weight, t.to);
}

template <int64_t Lanes>
REFRACT_INLINE void run_with(const Task& t, int64_t begin, int64_t end) {
  const auto& order = t.mode == Mode::backward ? kTapsFlipped : kTapsInOrder;
  switch (t.filters.kind) {
    case Kind::same:
      return run_rows<Lanes>(FilterTransform<3, 6>{kFilterTransform}, order, t, begin, end);
    case Kind::up_sampled:
      return run_rows<Lanes>(
          FilterTransform<3, 5>{t.mode == Mode::backward ? kSummedFilterTransform : kUpSampledFilterTransform}, order,
          t, begin, end);
    case Kind::strided:
      return run_rows<Lanes>(FilterTransform<2, 5>{kStridedFilterTransform}, kTapsByPhase, t, begin, end);
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
  const int64_t filters = columns * std::max<int64_t>(1, task.sums.groups);  // that a row reads
  at::parallel_for(0, rows, std::max<int64_t>(1, kFiltersPerThread / filters), [&](int64_t begin, int64_t end) {
    REFRACT_DISPATCH(rows)(task, begin, end);
  });
}

}  // namespace

void pack_forward(const Filters& f, const float* weight, float* packed) {
  const PackedMatrix matrix{f.phases() * f.in_channels, f.out_channels, f.taps(), f.in_channels * f.taps(),
                            f.product_stride(),         f.in_channels,  0};
  run({Mode::forward, f, matrix, weight, {}, packed}, f.in_channels, f.phases() * f.out_channels);
}

void pack_backward(const Filters& f, const float* weight, float* packed) {
  const PackedMatrix matrix{f.out_channels, f.in_channels, f.in_channels * f.taps(), f.taps(), f.product_stride(), 0,
                            f.in_channels};
  run({Mode::backward, f, matrix, weight, {}, packed}, f.out_channels, f.phases() * f.in_channels);
}

void unpack_gradient(const Filters& f, const float* sums, int64_t groups, int64_t group_stride, float* gradient) {
  run({Mode::gradient, f, {}, nullptr, {sums, groups, group_stride}, gradient}, f.in_channels,
      f.phases() * f.out_channels);
}

}  // namespace refract::winograd
