#include "refract/methods/label_set.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "refract/core/errors.h"

namespace refract {

int64_t LabelSet::values() const {
  return std::accumulate(sizes.begin(), sizes.end(), int64_t{0});
}

LabelSet label_set(const std::vector<int64_t>& classes, const std::vector<int64_t>& columns) {
  LabelSet set{columns, {}};
  if (columns.empty()) {
    set.columns.resize(std::max<size_t>(classes.size(), 1));
    std::iota(set.columns.begin(), set.columns.end(), int64_t{0});
  }
  for (const int64_t column : set.columns) {
    if (!classes.empty() && column >= std::ssize(classes))
      throw BadInput(fmt::format(
          "Choosing the attributes to learn from: label_columns names attribute {}, but there are {}, and the first "
          "is 0. Name others, or leave label_columns empty.",
          column, classes.size()));
    set.sizes.push_back(classes.empty() ? 1 : classes[static_cast<size_t>(column)]);
  }
  return set;
}

Block label_block(const std::string& name, const LabelSet& set, size_t k) {
  Block block{name, set.sizes.at(k), Role::category, true};
  block.attribute = static_cast<size_t>(set.columns.at(k));
  return block;
}

Tensor indicators(const LabelSet& set, const Tensor& labels, const Tensor& like) {
  std::vector<Tensor> parts;
  for (size_t k = 0; k < set.columns.size(); ++k)
    parts.push_back(labels.select(1, set.columns[k]).unsqueeze(1).eq(at::arange(set.sizes[k], labels.options())));
  return at::cat(parts, 1).to(like.scalar_type());
}

}  // namespace refract
