// Trainings of a study that are still to be done.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "app/study/study_plan.h"
#include "app/study/study_progress.h"

namespace refract {

// Jobs with the time each is to take, as measured on this machine before they begin.
class StudyWork {
 public:
  StudyWork(const StudyPlan& plan, int at_once) : plan_(plan), at_once_(at_once) {}

  // Those that are not done; the longest are done first, so that none is left alone at the end. Throws what
  // finished_table throws.
  void add(const std::vector<Job>& jobs);

  [[nodiscard]] const std::vector<Job>& missing() const { return missing_; }
  [[nodiscard]] int at_once() const { return at_once_; }

  [[nodiscard]] double seconds(const Job& job);
  [[nodiscard]] double seconds_left();

  // False after a signal. Jobs that failed stand in `failed`, with their logs.
  bool run(std::vector<std::string>& failed);

 private:
  void look_at(const std::vector<size_t>& running);

  const StudyPlan& plan_;
  int at_once_;
  std::vector<Job> missing_;
  std::vector<JobProgress> progress_;  // of each
  std::map<std::string, double> step_seconds_;
};

}  // namespace refract
