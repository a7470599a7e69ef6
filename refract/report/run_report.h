// From a run directory to its report.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "refract/eval/metric.h"
#include "refract/report/report.h"
#include "refract/train/run.h"

namespace refract {

// Where evaluation results stand in a run directory: evaluation.json and figures/ (docs/report.md).
std::filesystem::path evaluation_file(const Run& run);
std::filesystem::path figures_folder(const Run& run);

// Everything that the run directory holds for a report: options, manifest, metrics.csv, and the evaluation and figures
// if there are any. Throws BadInput where one of them is damaged.
Report read_report(const Run& run, const std::string& date);

// Writes report.html, dated now, and returns its path.
std::filesystem::path write_report(const Run& run);

}  // namespace refract
