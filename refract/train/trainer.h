// The training loop.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>

#include "refract/data/source.h"
#include "refract/train/metrics_log.h"
#include "refract/train/run.h"

namespace refract {

enum class Outcome { finished, interrupted };

struct TrainingProgress {
  int64_t step = 0;   // done so far
  int64_t steps = 0;  // in all
  double steps_per_second = 0;
  double seconds_left = 0;
  Terms terms;  // means since the last report
};

struct TrainingHooks {
  std::function<void(const TrainingProgress&)> report = {};  // about four times a second at most; may be empty
  const std::atomic<bool>* stop = nullptr;                   // when it turns true: finish the step, save, return
};

// The steps of a run: `steps` if given, else `epochs` passes over the unlabelled images.
int64_t total_steps(const TrainOptions& options, int64_t steps_per_epoch);

// Step size factor of a step: 1, then falling linearly to 0 over the last `decay` part of the steps.
double rate_at(int64_t step, int64_t steps, double decay);

// Trains from `first_step` to the end: metrics.csv and TensorBoard events every log_every steps, checkpoints by time
// and at the end. A term or gradient that is not finite stops with BadInput naming the term and the last good
// checkpoint, which stays the newest. Each step seeds LibTorch's default generator from (seed, step): with the loader,
// which does the same, all that a step depends on is the weights, Adam's moments and its number. Throws Error where the
// system refuses the threads; Error, such as one of a full disk, says how to go on.
Outcome train(Method& method, const DataSource& data, const Settings& settings, const Run& run, int64_t first_step,
              const TrainingHooks& hooks);

}  // namespace refract
