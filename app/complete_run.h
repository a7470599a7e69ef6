// What follows a training: metrics, pictures, example images, and the report that shows them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "app/command.h"
#include "refract/data/source.h"

namespace refract {

// The names of all metrics that the data can serve.
std::vector<std::string> metrics_for(const DataSource& data);

// Evaluates a trained run by the named metrics, draws every figure that model and data can serve, and writes the report. The
// result tells the tables, where the report is, and what to try next. Throws BadInput for a metric that the data cannot serve.
Result complete_run(const std::filesystem::path& directory, const std::vector<std::string>& metric_names);

}  // namespace refract
