// What a training will take, said before its first step.
#pragma once

#include <cstdint>
#include <string>

#include "refract/train/run.h"

namespace refract {

struct StepEstimate {
  double seconds = 0;     // of a step, on the run's threads
  int64_t bytes = 0;      // of memory that the program holds while it trains, its data and libraries included
  int64_t steps = 0;      // that are left
  int64_t available = 0;  // bytes that this program could hold on this machine now; 0 where the system does not tell
};

// Runs a few steps of a second model of the same kind, which is then thrown away: of whole batches where these are
// quick, else of parts of one, from which the whole is extrapolated along a line. The run's model, and what its
// training draws, stay as they are. For runs on the CPU; sets the number of threads as the training does.
StepEstimate estimate_step(const OpenedRun& run);

// "A step takes about 0.11 s: 8000 steps take about 15 min, and 0.7 GiB of memory."; and a second sentence where the
// machine has less.
std::string estimate_text(const StepEstimate& estimate);

}  // namespace refract
