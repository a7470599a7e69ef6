// What follows a training: metrics, pictures, example images, and the report that shows them.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "refract/eval/generation.h"
#include "refract/eval/metric.h"
#include "refract/train/run.h"

namespace refract {

struct Finished {
  std::vector<MetricTable> tables;
  std::vector<std::filesystem::path> examples;  // picture files of the data set; none of rows
  std::filesystem::path report;
};

// Told what is being done: "Evaluating by probe."
using OnNote = std::function<void(const std::string&)>;

// Evaluates a trained run by the entries, draws every figure that model and data can serve, and writes the report. The
// run is as training or open_run left it, with its data; its model ends on the CPU, in use. Tables of other metrics
// from earlier evaluations of the same step stay. `generation` is for the metrics of generated examples; its
// on_progress is told how far any metric is that takes long. Throws BadInput for a metric that the data or the model
// cannot serve.
Finished finish_run(OpenedRun& opened, const std::vector<const MetricEntry*>& entries, const OnNote& note = {},
                    const GenerationOptions& generation = {});

}  // namespace refract
