// Progress on standard error, of a training or of any long work: one line that is redrawn on a terminal, a line now and
// then elsewhere.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "app/terminal.h"
#include "refract/core/progress.h"
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

// Of work of any kind, such as reading files. Work that ends within a second is passed over in silence.
class WorkLine {
 public:
  void show(const Progress& progress);
  // For functions that report; the line must outlive it.
  [[nodiscard]] OnProgress hook();

 private:
  using Clock = std::chrono::steady_clock;

  LiveLine line_;
  std::string what_;
  Clock::time_point start_, last_;
  int64_t first_ = 0;  // done when `what_` was first heard of
};

// "reading images: 1200 of 30000 (4 %)  350 a second  82 s left", `done_here` of them in `seconds`.
std::string work_text(const Progress& progress, int64_t done_here, double seconds);

// "step 1200 of 20000 (6 %)  12.3 steps/s  25 min left  reconstruction 120.5 ...", as many terms as fit into `width`.
std::string progress_text(const TrainingProgress& progress, size_t width);

}  // namespace refract
