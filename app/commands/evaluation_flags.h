// What `evaluate`, and `train` and `resume` at their end, are told of the evaluation.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "app/cli/command.h"
#include "refract/eval/generation.h"
#include "refract/eval/metric.h"

namespace refract {

struct EvaluationFlags {
  std::vector<std::string> metrics = {usual_metrics};
  std::string judge;                              // folder of a run that judges samples; "": a small network does
  int64_t samples = GenerationOptions().samples;  // of each kind

  void declare(CLI::App& app, const std::string& meaning_of_metrics);
  // Throws BadInput for a metric that does not exist, for what the data or the model, if given, cannot serve, and for a
  // run that is no classifier of the data.
  void check(const DataSource* data = nullptr, const Model* model = nullptr) const;
  // Throws BadInput as check().
  [[nodiscard]] GenerationOptions generation(const DataSource& data) const;
};

}  // namespace refract
