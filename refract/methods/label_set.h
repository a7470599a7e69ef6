// Labels as what networks read of them.
#pragma once

#include <cstdint>
#include <vector>

#include "refract/core/tensor.h"

namespace refract {

// The attributes that a network sees of labels [N, K].
struct LabelSet {
  std::vector<int64_t> columns;  // positions among the K
  std::vector<int64_t> sizes;    // how many values each of them has

  [[nodiscard]] int64_t values() const;  // of all of them together
};

// Columns of labels with `classes` values each. No columns: all. No classes: one value a column, and one column if
// there are none, for a method that is made without data. Throws BadInput for a column that is not among the classes.
LabelSet label_set(const std::vector<int64_t>& classes, const std::vector<int64_t>& columns);

// A one for each value that an example has, [N, values()], of the type of `like`. A label that is unknown (-1), or
// beyond the size of its column, is no value.
Tensor indicators(const LabelSet& set, const Tensor& labels, const Tensor& like);

}  // namespace refract
