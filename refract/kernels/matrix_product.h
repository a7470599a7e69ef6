// Products of small matrices in memory, on the calling thread.
#pragma once

#include <cstdint>

namespace refract {

struct LeftMatrix {
  const float* data;
  int64_t row, step;  // entry (r, k) stands at r * row + k * step; in runs at r * row + k / run * next + k % run * step
  int64_t run = 0;    // steps in a run; 0: all
  int64_t next = 0;   // from one run to the next

  [[nodiscard]] LeftMatrix below(int64_t first) const { return {data + first * row, row, step, run, next}; }
};
struct RightMatrix {
  const float* data;
  int64_t step;  // entry (k, c) stands at k * step + c
};

// What is added to: nothing, or a matrix whose row r begins at r * row (0: the same for all).
struct Start {
  const float* data = nullptr;
  int64_t row = 0;

  [[nodiscard]] Start at(int64_t r, int64_t column) const {
    return {data == nullptr ? nullptr : data + r * row + column, row};
  }
};

// c = start + a b: `rows` x `columns`, with sums over `steps`, which runs divide. Rows of c stand `c_row` apart; it may
// be `start`. `columns` is a multiple of 16.
void matrix_product(const LeftMatrix& a, int64_t rows, const RightMatrix& b, int64_t columns, int64_t steps,
                    const Start& start, float* c, int64_t c_row);

}  // namespace refract
