#include "refract/kernels/loops/matrix_product.h"

#include <array>
#include <type_traits>

#include "refract/kernels/loops/vectors.h"

namespace refract {
namespace {

// The register block: `Rows` rows by `Vectors` vectors of columns of c. RowStride is an integer or an
// integral_constant.
template <int64_t Lanes, int64_t Rows, int64_t Vectors, class RowStride>
REFRACT_INLINE void micro_kernel(RowStride a_row_stride, const LeftMatrix& a, const RightMatrix& b, int64_t depth,
                                 const Addend& addend, float* c, int64_t c_row_stride) {
  std::array<std::array<Vector<Lanes>, Vectors>, Rows> sum{};
  if (addend.data != nullptr)
#pragma GCC unroll 16
    for (int64_t r = 0; r < Rows; ++r)
#pragma GCC unroll 4
      for (int64_t v = 0; v < Vectors; ++v)
        sum[r][v] = Vector<Lanes>::load(addend.data + r * addend.row_stride + v * Lanes);
  const float* b_row = b.data;
  const int64_t segment = a.segment == 0 ? depth : a.segment;
  const float* a_segment = a.data;
  for (int64_t done = 0; done < depth; done += segment, a_segment += a.segment_stride)
    for (int64_t k = 0; k < segment; ++k, b_row += b.row_stride) {
      std::array<Vector<Lanes>, Vectors> b_values;
#pragma GCC unroll 4
      for (int64_t v = 0; v < Vectors; ++v) b_values[v] = Vector<Lanes>::load(b_row + v * Lanes);
#pragma GCC unroll 16
      for (int64_t r = 0; r < Rows; ++r) {
        const float factor = a_segment[r * a_row_stride + k * a.column_stride];
#pragma GCC unroll 4
        for (int64_t v = 0; v < Vectors; ++v) sum[r][v] = sum[r][v] + factor * b_values[v];
      }
    }
#pragma GCC unroll 16
  for (int64_t r = 0; r < Rows; ++r)
#pragma GCC unroll 4
    for (int64_t v = 0; v < Vectors; ++v) sum[r][v].store(c + r * c_row_stride + v * Lanes);
}

template <int64_t Lanes, int64_t Rows, int64_t Vectors, class RowStride>
REFRACT_INLINE int64_t row_blocks(RowStride a_row_stride, int64_t first, const LeftMatrix& a, int64_t rows,
                                  const RightMatrix& b, int64_t depth, const Addend& addend, float* c,
                                  int64_t c_row_stride) {
  for (; first + Rows <= rows; first += Rows)
    micro_kernel<Lanes, Rows, Vectors>(a_row_stride, a.from_row(first), b, depth, addend.at(first, 0),
                                       c + first * c_row_stride, c_row_stride);
  return first;
}

// `MaxRows` rows at a time, then 4, then 1. Nine rows are one block: a filter row of three taps and three channels.
template <int64_t Lanes, int64_t MaxRows, int64_t Vectors, class RowStride>
REFRACT_INLINE void all_rows(RowStride a_row_stride, const LeftMatrix& a, int64_t rows, const RightMatrix& b,
                             int64_t depth, const Addend& addend, float* c, int64_t c_row_stride) {
  if (rows == 9) return micro_kernel<Lanes, 9, Vectors>(a_row_stride, a, b, depth, addend, c, c_row_stride);
  int64_t done = row_blocks<Lanes, MaxRows, Vectors>(a_row_stride, 0, a, rows, b, depth, addend, c, c_row_stride);
  done = row_blocks<Lanes, 4, Vectors>(a_row_stride, done, a, rows, b, depth, addend, c, c_row_stride);
  row_blocks<Lanes, 1, Vectors>(a_row_stride, done, a, rows, b, depth, addend, c, c_row_stride);
}

template <int64_t Lanes, class RowStride>
REFRACT_INLINE void all_columns(RowStride a_row_stride, const LeftMatrix& a, int64_t rows, const RightMatrix& b,
                                int64_t columns, int64_t depth, const Addend& addend, float* c, int64_t c_row_stride) {
  constexpr int64_t max_rows = Lanes == 16 ? 8 : 4;  // so that the sums fill the registers
  int64_t column = 0;
  for (; column + 2 * Lanes <= columns; column += 2 * Lanes)
    all_rows<Lanes, max_rows, 2>(a_row_stride, a, rows, {b.data + column, b.row_stride}, depth, addend.at(0, column),
                                 c + column, c_row_stride);
  if (column < columns)
    all_rows<Lanes, 2 * max_rows, 1>(a_row_stride, a, rows, {b.data + column, b.row_stride}, depth,
                                     addend.at(0, column), c + column, c_row_stride);
}

// Instantiates the usual row strides of a as constants: then the addresses of its entries need no registers.
template <int64_t Lanes, int64_t a_row_stride, int64_t... more_strides>
REFRACT_INLINE void product(const LeftMatrix& a, int64_t rows, const RightMatrix& b, int64_t columns, int64_t depth,
                            const Addend& addend, float* c, int64_t c_row_stride) {
  if (a.row_stride == a_row_stride)
    all_columns<Lanes>(std::integral_constant<int64_t, a_row_stride>(), a, rows, b, columns, depth, addend, c,
                       c_row_stride);
  else if constexpr (sizeof...(more_strides) > 0)
    product<Lanes, more_strides...>(a, rows, b, columns, depth, addend, c, c_row_stride);
  else
    all_columns<Lanes>(a.row_stride, a, rows, b, columns, depth, addend, c, c_row_stride);
}

#ifdef REFRACT_X86
REFRACT_AVX512 void product_avx512(const LeftMatrix& a, int64_t rows, const RightMatrix& b, int64_t columns,
                                   int64_t depth, const Addend& addend, float* c, int64_t c_row_stride) {
  product<16, 1, 3, 16, 32>(a, rows, b, columns, depth, addend, c, c_row_stride);
}
REFRACT_AVX2 void product_avx2(const LeftMatrix& a, int64_t rows, const RightMatrix& b, int64_t columns, int64_t depth,
                               const Addend& addend, float* c, int64_t c_row_stride) {
  product<8, 1, 3, 16, 32>(a, rows, b, columns, depth, addend, c, c_row_stride);
}
#endif
void product_any(const LeftMatrix& a, int64_t rows, const RightMatrix& b, int64_t columns, int64_t depth,
                 const Addend& addend, float* c, int64_t c_row_stride) {
  product<4, 1, 3, 16, 32>(a, rows, b, columns, depth, addend, c, c_row_stride);
}

}  // namespace

void matrix_product(const LeftMatrix& a, int64_t rows, const RightMatrix& b, int64_t columns, int64_t depth,
                    const Addend& addend, float* c, int64_t c_row_stride) {
  REFRACT_DISPATCH(product)(a, rows, b, columns, depth, addend, c, c_row_stride);
}

}  // namespace refract
