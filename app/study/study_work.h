// Trainings of a study that are still to be done.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "app/study/study_plan.h"
#include "app/study/study_progress.h"

namespace refract {

// A job of a plan, which must outlive it.
struct PlannedJob {
  const StudyPlan* plan;
  Job job;
};

// Jobs of one or several plans with the time each is to take, as measured on this machine before they begin.
class StudyWork {
 public:
  explicit StudyWork(int at_once) : at_once_(at_once) {}

  // Those that are not done; the longest of all plans are done first, so that none is left alone at the end. The plan
  // must outlive this. Throws what finished_tables throws.
  void add(const StudyPlan& plan, const std::vector<Job>& jobs);

  [[nodiscard]] const std::vector<PlannedJob>& missing() const { return missing_; }
  [[nodiscard]] int at_once() const { return at_once_; }

  [[nodiscard]] double seconds(const StudyPlan& plan, const Job& job);
  [[nodiscard]] double seconds_left();

  // False after a signal. Jobs that failed stand in `failed`, with their logs.
  bool run(std::vector<std::string>& failed);

 private:
  void look_at(const std::vector<size_t>& running);

  int at_once_;
  std::vector<PlannedJob> missing_;
  std::vector<JobProgress> progress_;                                        // of each
  std::map<std::pair<const StudyPlan*, std::string>, double> step_seconds_;  // of each row
};

}  // namespace refract
