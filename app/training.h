// What `train` and `resume` share: the loop with its progress line and signals, and what follows it.
#pragma once

#include "app/command.h"
#include "refract/train/run.h"

namespace refract {

// Trains from the run's checkpoint to its last step; then, with `evaluation`, completes the run (see complete_run.h).
// After a signal the result says how to resume and has status 130.
Result train_to_the_end(OpenedRun& opened, bool evaluation, const Invocation& invocation);

}  // namespace refract
