// A few images of a data set as picture files: something to try the program's other commands with.
#pragma once

#include <filesystem>
#include <vector>

#include "refract/core/progress.h"
#include "refract/data/source.h"

namespace refract {

// Writes the first `count` images of a split as NAME-1.png, NAME-2.png, ... into an existing folder; NAME is the
// split's. Returns the files. Throws BadInput where the split is empty.
std::vector<std::filesystem::path> write_examples(const DataSource& data, Split split, int64_t count,
                                                  const std::filesystem::path& folder,
                                                  const OnProgress& on_progress = {});

}  // namespace refract
