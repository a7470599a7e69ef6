// What follows a training: metrics, pictures, example images, and the report that shows them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "app/cli/command.h"
#include "refract/core/options.h"
#include "refract/data/source.h"

namespace refract {

// In a list of metrics: all that the data can serve, and those of them that a training ends with.
inline constexpr const char* all_metrics = "all";
inline constexpr const char* usual_metrics = "usual";

// Throws BadInput for a name that is neither a metric's nor one of these words, and, where the data is given, for a
// metric that it cannot serve: to be known before a training.
void check_metrics(const std::vector<std::string>& names, const DataSource* data = nullptr);

// Evaluates a trained run by the named metrics, draws every figure that model and data can serve, and writes the
// report. `places` as of open_run. The result has the tables, where the report is, and commands to try next. Throws
// BadInput for a metric that does not exist or that the data cannot serve.
Result complete_run(const std::filesystem::path& directory, const std::vector<std::string>& metric_names,
                    const Invocation& invocation, const KeyValues& places = {});

}  // namespace refract
