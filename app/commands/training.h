// What `train` and `resume` share: the loop with its progress line and signals, and what follows it.
#pragma once

#include <string>
#include <vector>

#include "app/cli/command.h"
#include "refract/eval/metric.h"
#include "refract/train/run.h"

namespace refract {

// How a training ends.
struct Ending {
  std::vector<std::string> metrics = {usual_metrics};
  bool nothing = false;  // leave out metrics, pictures and report

  void declare(CLI::App& app);
  // Throws BadInput for a metric that does not exist or that the data or the model, if given, cannot serve.
  void check(const DataSource* data = nullptr, const Model* model = nullptr) const;
};

// Trains from the run's checkpoint to its last step; then completes the run (see complete_run.h). After a signal the
// result says how to resume and has the status of StopOnSignal.
Result train_to_the_end(OpenedRun& opened, const Ending& ending, const Invocation& invocation);

}  // namespace refract
