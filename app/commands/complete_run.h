// The end of a training, with its text for the user.
#pragma once

#include "app/cli/command.h"
#include "app/commands/evaluation_flags.h"
#include "refract/train/run.h"

namespace refract {

// Finishes a trained run (report/finish.h). The result has the tables of the metrics, where the report is, and commands
// to try next. Throws BadInput as EvaluationFlags::check.
Result complete_run(OpenedRun& opened, const EvaluationFlags& flags, const Invocation& invocation);

}  // namespace refract
