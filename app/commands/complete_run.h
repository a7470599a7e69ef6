// The end of a training, with its text for the user.
#pragma once

#include <string>
#include <vector>

#include "app/cli/command.h"
#include "refract/eval/generation.h"
#include "refract/train/run.h"

namespace refract {

// Finishes a trained run (report/finish.h). The result has the tables of the metrics, where the report is, and commands
// to try next. `generation` is for the metrics of generated examples. Throws BadInput for a metric that does not exist
// or that the data or the model cannot serve.
Result complete_run(OpenedRun& opened, const std::vector<std::string>& metric_names, const Invocation& invocation,
                    const GenerationOptions& generation = {});

}  // namespace refract
