// What follows a training: metrics, pictures, example images, and the report that shows them.
#pragma once

#include <filesystem>
#include <string>

#include "app/command.h"

namespace refract {

// In place of names of metrics: all that the data can serve, and those of them that a training ends with.
inline constexpr const char* all_metrics = "all";
inline constexpr const char* usual_metrics = "usual";

// Evaluates a trained run by the named metrics ("probe,classify", or one of the two words above), draws every figure
// that model and data can serve, and writes the report. The result has the tables, where the report is, and commands to
// try next. Throws BadInput for a metric that does not exist or that the data cannot serve.
Result complete_run(const std::filesystem::path& directory, const std::string& metric_names,
                    const Invocation& invocation);

}  // namespace refract
