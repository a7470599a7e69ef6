#include "refract/kernels/matrix_product.h"

#include <array>
#include <type_traits>

#include "refract/kernels/vectors.h"

namespace refract {
namespace {

// For `Rows` rows, `row_of_a` apart in the left matrix, and `Vectors` vectors of columns, which stay in registers
// meanwhile.
template <int64_t Lanes, int64_t Rows, int64_t Vectors, class Row>
REFRACT_INLINE void block(Row row_of_a, const LeftMatrix& a, const RightMatrix& b, int64_t steps, const Start& start,
                          float* c, int64_t c_row) {
  std::array<std::array<Vector<Lanes>, Vectors>, Rows> sum{};
  if (start.data != nullptr)
#pragma GCC unroll 16
    for (int64_t r = 0; r < Rows; ++r)
#pragma GCC unroll 4
      for (int64_t v = 0; v < Vectors; ++v) sum[r][v] = Vector<Lanes>::load(start.data + r * start.row + v * Lanes);
  const float* right = b.data;
  const int64_t run = a.run == 0 ? steps : a.run;
  const float* left = a.data;
  for (int64_t done = 0; done < steps; done += run, left += a.next)
    for (int64_t k = 0; k < run; ++k, right += b.step) {
      std::array<Vector<Lanes>, Vectors> row;
#pragma GCC unroll 4
      for (int64_t v = 0; v < Vectors; ++v) row[v] = Vector<Lanes>::load(right + v * Lanes);
#pragma GCC unroll 16
      for (int64_t r = 0; r < Rows; ++r) {
        const float factor = left[r * row_of_a + k * a.step];
#pragma GCC unroll 4
        for (int64_t v = 0; v < Vectors; ++v) sum[r][v] = sum[r][v] + factor * row[v];
      }
    }
#pragma GCC unroll 16
  for (int64_t r = 0; r < Rows; ++r)
#pragma GCC unroll 4
    for (int64_t v = 0; v < Vectors; ++v) sum[r][v].store(c + r * c_row + v * Lanes);
}

template <int64_t Lanes, int64_t Rows, int64_t Vectors, class Row>
REFRACT_INLINE int64_t blocks(Row row, int64_t first, const LeftMatrix& a, int64_t rows, const RightMatrix& b,
                              int64_t steps, const Start& start, float* c, int64_t c_row) {
  for (; first + Rows <= rows; first += Rows)
    block<Lanes, Rows, Vectors>(row, a.below(first), b, steps, start.at(first, 0), c + first * c_row, c_row);
  return first;
}

// `Most` rows at a time; 9 are those of a row of taps of three channels.
template <int64_t Lanes, int64_t Most, int64_t Vectors, class Row>
REFRACT_INLINE void all_rows(Row row, const LeftMatrix& a, int64_t rows, const RightMatrix& b, int64_t steps,
                             const Start& start, float* c, int64_t c_row) {
  if (rows == 9) return block<Lanes, 9, Vectors>(row, a, b, steps, start, c, c_row);
  int64_t done = blocks<Lanes, Most, Vectors>(row, 0, a, rows, b, steps, start, c, c_row);
  done = blocks<Lanes, 4, Vectors>(row, done, a, rows, b, steps, start, c, c_row);
  blocks<Lanes, 1, Vectors>(row, done, a, rows, b, steps, start, c, c_row);
}

template <int64_t Lanes, class Row>
REFRACT_INLINE void all_columns(Row row, const LeftMatrix& a, int64_t rows, const RightMatrix& b, int64_t columns,
                                int64_t steps, const Start& start, float* c, int64_t c_row) {
  constexpr int64_t most = Lanes == 16 ? 8 : 4;  // rows, so that sums fill the registers
  int64_t column = 0;
  for (; column + 2 * Lanes <= columns; column += 2 * Lanes)
    all_rows<Lanes, most, 2>(row, a, rows, {b.data + column, b.step}, steps, start.at(0, column), c + column, c_row);
  if (column < columns)
    all_rows<Lanes, 2 * most, 1>(row, a, rows, {b.data + column, b.step}, steps, start.at(0, column), c + column,
                                 c_row);
}

// With usual distances of rows as constants, entries of the left matrix need no registers for their addresses.
template <int64_t Lanes, int64_t row, int64_t... others>
REFRACT_INLINE void product(const LeftMatrix& a, int64_t rows, const RightMatrix& b, int64_t columns, int64_t steps,
                            const Start& start, float* c, int64_t c_row) {
  if (a.row == row)
    all_columns<Lanes>(std::integral_constant<int64_t, row>(), a, rows, b, columns, steps, start, c, c_row);
  else if constexpr (sizeof...(others) > 0)
    product<Lanes, others...>(a, rows, b, columns, steps, start, c, c_row);
  else
    all_columns<Lanes>(a.row, a, rows, b, columns, steps, start, c, c_row);
}

#ifdef REFRACT_X86
REFRACT_AVX512 void product_avx512(const LeftMatrix& a, int64_t rows, const RightMatrix& b, int64_t columns,
                                   int64_t steps, const Start& start, float* c, int64_t c_row) {
  product<16, 1, 3, 16, 32>(a, rows, b, columns, steps, start, c, c_row);
}
REFRACT_AVX2 void product_avx2(const LeftMatrix& a, int64_t rows, const RightMatrix& b, int64_t columns, int64_t steps,
                               const Start& start, float* c, int64_t c_row) {
  product<8, 1, 3, 16, 32>(a, rows, b, columns, steps, start, c, c_row);
}
#endif
void product_any(const LeftMatrix& a, int64_t rows, const RightMatrix& b, int64_t columns, int64_t steps,
                 const Start& start, float* c, int64_t c_row) {
  product<4, 1, 3, 16, 32>(a, rows, b, columns, steps, start, c, c_row);
}

}  // namespace

void matrix_product(const LeftMatrix& a, int64_t rows, const RightMatrix& b, int64_t columns, int64_t steps,
                    const Start& start, float* c, int64_t c_row) {
  REFRACT_CHOSEN(product)(a, rows, b, columns, steps, start, c, c_row);
}

}  // namespace refract
