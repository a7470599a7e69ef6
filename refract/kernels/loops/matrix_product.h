// Products of small row-major matrices (GEMM) on the calling thread. All sizes and strides count floats.
//
//              columns                      depth                  columns
//           +-----------+                +---------+            +-----------+
//     rows  |     c     |  =  addend  +  |    a    |  *  depth  |     b     |
//           +-----------+                +---------+            +-----------+
//
// A micro-kernel keeps a block of c, a few rows by one or two vectors of columns, in registers over the whole depth.
#pragma once

#include <cstdint>

namespace refract {

// Entry (r, k) is at r * row_stride + k * column_stride. With segments, it is at
// r * row_stride + k / segment * segment_stride + k % segment * column_stride: the columns are not contiguous, as for
// the three image rows that a 3x3 filter covers.
struct LeftMatrix {
  const float* data;
  int64_t row_stride, column_stride;
  int64_t segment = 0;         // columns in a segment; 0: one segment holds all columns
  int64_t segment_stride = 0;  // from one segment to the next

  [[nodiscard]] LeftMatrix from_row(int64_t first) const {
    return {data + first * row_stride, row_stride, column_stride, segment, segment_stride};
  }
};
// Entry (k, c) is at k * row_stride + c.
struct RightMatrix {
  const float* data;
  int64_t row_stride;
};

// The initial value of c: zeros if `data` is null. Row r begins at r * row_stride; 0 repeats one row, as a bias.
struct Addend {
  const float* data = nullptr;
  int64_t row_stride = 0;

  [[nodiscard]] Addend at(int64_t r, int64_t column) const {
    return {data == nullptr ? nullptr : data + r * row_stride + column, row_stride};
  }
};

// c = addend + a b, as drawn above. `columns` must be a multiple of 16, and `depth` a multiple of the segment. c may be
// the same memory as `addend`.
void matrix_product(const LeftMatrix& a, int64_t rows, const RightMatrix& b, int64_t columns, int64_t depth,
                    const Addend& addend, float* c, int64_t c_row_stride);

}  // namespace refract
