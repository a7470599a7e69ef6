#include "app/study/study_work.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "app/cli/interrupt.h"
#include "app/study/job_queue.h"
#include "app/study/step_speed.h"
#include "refract/core/errors.h"
#include "refract/core/text.h"
#include "refract/train/metrics_log.h"
#include "refract/train/run.h"

namespace refract {
namespace {

// Where this program was killed, its trainings are about to end: each writes a checkpoint first.
void wait_for_others(const std::filesystem::path& run) {
  constexpr int most_seconds = 60;
  for (int second = 0; std::filesystem::exists(run); ++second) try {
      const RunLock free(run);
      return;
    } catch (const BadInput&) {
      if (second == most_seconds) throw;
      if (second == 0) say(fmt::format("Waiting for the process that still trains {}.", run.string()));
      std::this_thread::sleep_for(std::chrono::seconds(1));
    }
}

std::filesystem::path folder_of(const PlannedJob& planned) {
  return planned.plan->folder_of(planned.job);
}

// As its metrics.csv has it, "step" and "seconds" first.
void read_progress(const std::filesystem::path& run, JobProgress& job) {
  const MetricsTable table = read_metrics(run / "metrics.csv");
  if (table.rows.empty()) return;
  job.step = static_cast<int64_t>(table.rows.back().at(0));
  job.seconds = table.rows.back().at(1);
}

}  // namespace

void StudyWork::add(const StudyPlan& plan, const std::vector<Job>& jobs) {
  for (const Job& job : jobs)
    if (!finished_tables(plan, job)) missing_.push_back({&plan, job});
  std::stable_sort(missing_.begin(), missing_.end(), [this](const PlannedJob& a, const PlannedJob& b) {
    return seconds(*a.plan, a.job) > seconds(*b.plan, b.job);
  });
}

double StudyWork::seconds(const StudyPlan& plan, const Job& job) {
  const std::pair row(&plan, job.row->key);
  const auto settings = settings_of(plan, job);
  if (step_seconds_.find(row) == step_seconds_.end()) step_seconds_[row] = seconds_of_a_step(*settings);
  return step_seconds_[row] * static_cast<double>(settings->train.steps) + plan.budget.evaluation_seconds;
}

double StudyWork::seconds_left() {
  std::vector<double> each;
  for (const auto& [plan, job] : missing_) each.push_back(seconds(*plan, job));
  return queue_seconds(each, at_once_);
}

bool StudyWork::run(std::vector<std::string>& failed) {
  std::vector<ProcessTask> tasks;
  progress_.clear();
  for (const auto& [plan, job] : missing_) {
    const std::filesystem::path logs = plan->folder / "logs";
    std::filesystem::create_directories(logs);
    wait_for_others(plan->folder_of(job));
    tasks.push_back({plan->shown(job), words_for(*plan, job), logs / (job.name + ".log")});
    const double evaluation = plan->budget.evaluation_seconds;
    progress_.push_back({plan->shown(job), 0, settings_of(job)->train.steps, 0, seconds(*plan, job) - evaluation, false,
                         false, evaluation});
    read_progress(plan->folder_of(job), progress_.back());
  }
  StudyProgress shown;
  size_t done = 0;
  const auto ended = [&](const ProcessEnd& end) {
    JobProgress& job = progress_[end.task];
    job.running = false;
    if (was_stopped(end.status)) return;
    if (end.status != 0) failed.push_back(tasks[end.task].log.string());
    read_progress(folder_of(missing_[end.task]), job);
    job.step = job.steps;
    job.done = true;
    ++done;
    shown.tell(fmt::format("{} of {}: {} {} {}; about {} left", done, tasks.size(), job.name,
                           end.status == 0 ? "done in" : "failed after", duration_text(end.seconds),
                           duration_text(refract::seconds_left(progress_, at_once_))));
  };
  return run_all(tasks, at_once_, ended, [&](const std::vector<size_t>& running) {
    if (!shown.due()) return;
    look_at(running);
    shown.show(progress_, at_once_);
  });
}

void StudyWork::look_at(const std::vector<size_t>& running) {
  for (const size_t index : running) {
    progress_[index].running = true;
    read_progress(folder_of(missing_[index]), progress_[index]);
  }
}

}  // namespace refract
