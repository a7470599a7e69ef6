// What `train` and `resume` share: the loop with its progress line and signals, and what follows it.
#pragma once

#include "app/cli/command.h"
#include "app/commands/evaluation_flags.h"
#include "refract/train/run.h"

namespace refract {

// How a training ends.
struct Ending {
  EvaluationFlags evaluation;
  bool nothing = false;  // leave out metrics, pictures and report

  void declare(CLI::App& app);
  // Throws BadInput as EvaluationFlags::check.
  void check(const DataSource* data = nullptr, const Model* model = nullptr) const;
};

// Trains from the run's checkpoint to its last step; then completes the run (see complete_run.h). After a signal the
// result says how to resume and has the status of StopOnSignal.
Result train_to_the_end(OpenedRun& opened, const Ending& ending, const Invocation& invocation);

}  // namespace refract
