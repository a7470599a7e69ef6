// Labels as what networks read of them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "refract/core/tensor.h"
#include "refract/model/model.h"

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

// The category whose classes are the values of the set's k-th attribute.
Block label_block(const std::string& name, const LabelSet& set, size_t k = 0);

// A one for each value that an example has, [N, values()], of the type of `like`. A label that is unknown (-1), or
// beyond the size of its column, is no value.
Tensor indicators(const LabelSet& set, const Tensor& labels, const Tensor& like);

}  // namespace refract
