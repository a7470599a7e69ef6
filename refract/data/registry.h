// The data sets that `--data NAME` knows, one row each.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "refract/core/options.h"
#include "refract/core/progress.h"
#include "refract/data/source.h"

namespace refract {

// Options, and what builds the source from their values. The function owns the struct that the options describe.
struct DataRecipe {
  Options options;
  std::function<std::unique_ptr<DataSource>(const OnProgress&)> build;

  // Tells how far the reading of files is, where there are enough of them to wait for.
  [[nodiscard]] std::unique_ptr<DataSource> make(const OnProgress& on_progress = {}) const {
    return build(on_progress);
  }
};

struct DataEntry {
  std::string name;
  std::string summary;  // one sentence
  std::string source;   // paper or origin
  DataRecipe (*recipe)();
  std::vector<std::string> named_by = {};  // options whose paths choose this set, where no other is named
};

const std::vector<DataEntry>& data_sets();

// Throws BadInput for an unknown name, naming the nearest.
const DataEntry& data_set(std::string_view name);

}  // namespace refract
