// The record of what a run was made with: enough to repeat it, and nothing about who made it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "refract/train/settings.h"

namespace refract {

// As the headers give it: "1.13.0".
std::string libtorch_version();

// Where and for how long a run was started.
struct RunOrigin {
  std::filesystem::path directory;  // the working directory, absolute; "" where it is not known
  std::filesystem::path run;        // the run's folder, absolute; "" where it is not known
  int64_t steps = 0;                // of the training; 0 where it is not known
};

// JSON text; docs/run-directory.md lists the fields. `command` is the command line as typed.
std::string manifest_text(const Settings& settings, const DataInfo& data, const std::string& command,
                          const RunOrigin& origin = {});

// Another manifest, which tells in addition that the training went on after step `done` to step `steps`. Throws as
// manifest_data.
std::string manifest_with_resumption(const std::string& text, const std::string& origin, int64_t done, int64_t steps);

// What a manifest says of the data: name, shape, factors, classes, attributes and checksums. Throws BadInput, naming
// `origin`, where the text is not a manifest.
DataInfo manifest_data(const std::string& text, const std::string& origin);

// What it says of the start; a manifest of before this was recorded says nothing. Throws the same.
RunOrigin manifest_origin(const std::string& text, const std::string& origin);

}  // namespace refract
