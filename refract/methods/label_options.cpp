#include "refract/methods/label_options.h"

#include <fmt/format.h>

namespace refract {

void LabelOptions::describe_into(Options& options, const std::string& what_for) {
  options
      .add("classes", classes, "how many values each attribute of the labels has; empty: as in the data, when training")
      .range(1, 1e9);
  options
      .add("label_columns", label_columns,
           fmt::format("positions, from 0, of the attributes {}; empty: when training, those that describe an example, "
                       "or the identities if there are no others",
                       what_for))
      .range(0, 1e6);
}

}  // namespace refract
