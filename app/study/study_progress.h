// Progress of a study on standard error: on a terminal one line that is redrawn, elsewhere a line every ten minutes.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "app/cli/terminal.h"

namespace refract {

// A training of the study, with the time that it was thought to take before it began.
struct JobProgress {
  std::string name;
  int64_t step = 0;
  int64_t steps = 0;
  double seconds = 0;   // that the steps so far took
  double expected = 0;  // for all steps
  bool running = false, done = false;
  double evaluation = 30;  // after its last step
};

// Of the trainings' time, from 0 to 1.
double share_done(const std::vector<JobProgress>& jobs);

// That the rest takes with `at_once` trainings at a time: as long as was expected, times what the steps so far took of
// what was expected of them, and their evaluations.
double seconds_left(const std::vector<JobProgress>& jobs, int at_once);

// "3 of 20 trainings done (41 %)  38 min left  srbvae-seed1: step 4200 of 10000  vae-seed1: ...".
std::string study_progress_text(const std::vector<JobProgress>& jobs, int at_once);

class StudyProgress {
 public:
  // Whether enough time has passed since the last show().
  [[nodiscard]] bool due() const;
  void show(const std::vector<JobProgress>& jobs, int at_once);
  // A line that stays.
  void tell(const std::string& line);

 private:
  LiveLine line_;
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

}  // namespace refract
