// The options of methods that learn from labels: which attributes, and how many values each of them has.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "refract/core/options.h"
#include "refract/methods/label_set.h"

namespace refract {

struct LabelOptions {
  std::vector<int64_t> classes, label_columns;

  // `what_for` follows "the attributes": "to tell".
  void describe_into(Options& options, const std::string& what_for);

  // Throws BadInput as label_set.
  [[nodiscard]] LabelSet set() const { return label_set(classes, label_columns); }
};

}  // namespace refract
