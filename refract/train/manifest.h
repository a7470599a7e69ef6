// The record of what a run was made with: enough to repeat it, and nothing about who made it.
#pragma once

#include <string>

#include "refract/train/settings.h"

namespace refract {

// As the headers give it: "1.13.0".
std::string libtorch_version();

// JSON text; docs/run-directory.md lists the fields. `command` is the command line as typed.
std::string manifest_text(const Settings& settings, const DataInfo& data, const std::string& command);

// What a manifest says of the data: name, shape, factors, classes and checksums. Throws BadInput, naming `origin`,
// where the text is not a manifest.
DataInfo manifest_data(const std::string& text, const std::string& origin);

}  // namespace refract
