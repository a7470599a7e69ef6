// Progress of a training on standard error: one line that is redrawn on a terminal, a line now and then elsewhere.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "app/cli/terminal.h"
#include "refract/train/trainer.h"

namespace refract {

class ProgressLine {
 public:
  void show(const TrainingProgress& progress);

 private:
  [[nodiscard]] bool due(const TrainingProgress& progress) const;

  LiveLine line_;
  std::optional<std::chrono::steady_clock::time_point> last_time_;
  int64_t last_step_ = 0;
};

// "step 1200 of 20000 (6 %)  12.3 steps/s  25 min left  reconstruction 120.5 ...", as many terms as fit into `width`.
std::string progress_text(const TrainingProgress& progress, size_t width);

}  // namespace refract
