#include "refract/kernels/matrix_product.h"

#include <array>

#include "refract/kernels/vectors.h"

namespace refract {
namespace {

// For `Rows` rows and `Vectors` vectors of columns, which stay in registers meanwhile.
template <int64_t Lanes, int64_t Rows, int64_t Vectors>
REFRACT_INLINE void block(const LeftMatrix& a, const RightMatrix& b, int64_t steps, bool add, float* c, int64_t c_row) {
  std::array<std::array<Vector<Lanes>, Vectors>, Rows> sum{};
  if (add)
#pragma GCC unroll 16
    for (int64_t r = 0; r < Rows; ++r)
#pragma GCC unroll 4
      for (int64_t v = 0; v < Vectors; ++v) sum[r][v] = Vector<Lanes>::load(c + r * c_row + v * Lanes);
  for (int64_t k = 0; k < steps; ++k) {
    std::array<Vector<Lanes>, Vectors> row;
#pragma GCC unroll 4
    for (int64_t v = 0; v < Vectors; ++v) row[v] = Vector<Lanes>::load(b.data + k * b.step + v * Lanes);
#pragma GCC unroll 16
    for (int64_t r = 0; r < Rows; ++r) {
      const float factor = a.data[r * a.row + k * a.step];
#pragma GCC unroll 4
      for (int64_t v = 0; v < Vectors; ++v) sum[r][v] = sum[r][v] + factor * row[v];
    }
  }
#pragma GCC unroll 16
  for (int64_t r = 0; r < Rows; ++r)
#pragma GCC unroll 4
    for (int64_t v = 0; v < Vectors; ++v) sum[r][v].store(c + r * c_row + v * Lanes);
}

template <int64_t Lanes, int64_t Rows, int64_t Vectors>
REFRACT_INLINE int64_t blocks(int64_t first, const LeftMatrix& a, int64_t rows, const RightMatrix& b, int64_t steps,
                              bool add, float* c, int64_t c_row) {
  for (; first + Rows <= rows; first += Rows)
    block<Lanes, Rows, Vectors>({a.data + first * a.row, a.row, a.step}, b, steps, add, c + first * c_row, c_row);
  return first;
}

// `Most` rows at a time; 9 are those of a row of taps of three channels.
template <int64_t Lanes, int64_t Most, int64_t Vectors>
REFRACT_INLINE void all_rows(const LeftMatrix& a, int64_t rows, const RightMatrix& b, int64_t steps, bool add, float* c,
                             int64_t c_row) {
  if (rows == 9) return block<Lanes, 9, Vectors>(a, b, steps, add, c, c_row);
  int64_t done = blocks<Lanes, Most, Vectors>(0, a, rows, b, steps, add, c, c_row);
  done = blocks<Lanes, 4, Vectors>(done, a, rows, b, steps, add, c, c_row);
  blocks<Lanes, 1, Vectors>(done, a, rows, b, steps, add, c, c_row);
}

template <int64_t Lanes>
REFRACT_INLINE void product(const LeftMatrix& a, int64_t rows, const RightMatrix& b, int64_t columns, int64_t steps,
                            bool add, float* c, int64_t c_row) {
  constexpr int64_t most = Lanes == 16 ? 8 : 4;  // rows, so that sums fill the registers
  int64_t column = 0;
  for (; column + 2 * Lanes <= columns; column += 2 * Lanes)
    all_rows<Lanes, most, 2>(a, rows, {b.data + column, b.step}, steps, add, c + column, c_row);
  if (column < columns) all_rows<Lanes, 2 * most, 1>(a, rows, {b.data + column, b.step}, steps, add, c + column, c_row);
}

#ifdef REFRACT_X86
REFRACT_AVX512 void product_avx512(const LeftMatrix& a, int64_t rows, const RightMatrix& b, int64_t columns,
                                   int64_t steps, bool add, float* c, int64_t c_row) {
  product<16>(a, rows, b, columns, steps, add, c, c_row);
}
REFRACT_AVX2 void product_avx2(const LeftMatrix& a, int64_t rows, const RightMatrix& b, int64_t columns, int64_t steps,
                               bool add, float* c, int64_t c_row) {
  product<8>(a, rows, b, columns, steps, add, c, c_row);
}
#endif
void product_any(const LeftMatrix& a, int64_t rows, const RightMatrix& b, int64_t columns, int64_t steps, bool add,
                 float* c, int64_t c_row) {
  product<4>(a, rows, b, columns, steps, add, c, c_row);
}

}  // namespace

void matrix_product(const LeftMatrix& a, int64_t rows, const RightMatrix& b, int64_t columns, int64_t steps, bool add,
                    float* c, int64_t c_row) {
  REFRACT_CHOSEN(product)(a, rows, b, columns, steps, add, c, c_row);
}

}  // namespace refract
