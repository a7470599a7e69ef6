// Products of small matrices in memory, on the calling thread.
#pragma once

#include <cstdint>

namespace refract {

struct LeftMatrix {
  const float* data;
  int64_t row, step;  // entry (r, k) stands at r * row + k * step
};
struct RightMatrix {
  const float* data;
  int64_t step;  // entry (k, c) stands at k * step + c
};

// c = a b, or c += a b if `add`: `rows` x `columns`, with sums over `steps`. Rows of c stand `c_row` apart. `columns`
// is a multiple of 16.
void matrix_product(const LeftMatrix& a, int64_t rows, const RightMatrix& b, int64_t columns, int64_t steps, bool add,
                    float* c, int64_t c_row);

}  // namespace refract
