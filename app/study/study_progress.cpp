#include "app/study/study_progress.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/study/job_queue.h"
#include "refract/core/text.h"

namespace refract {
namespace {

double share_of(const JobProgress& job) {
  return job.steps > 0 ? static_cast<double>(job.step) / static_cast<double>(job.steps) : 1;
}

template <class Value>
double sum(const std::vector<JobProgress>& jobs, Value value) {
  double total = 0;
  for (const JobProgress& job : jobs) total += value(job);
  return total;
}

double expected_so_far(const std::vector<JobProgress>& jobs) {
  return sum(jobs, [](const JobProgress& job) { return share_of(job) * job.expected; });
}

double expected_in_all(const std::vector<JobProgress>& jobs) {
  return sum(jobs, [](const JobProgress& job) { return job.expected; });
}

}  // namespace

double share_done(const std::vector<JobProgress>& jobs) {
  const double all = expected_in_all(jobs);
  return all > 0 ? expected_so_far(jobs) / all : 1;
}

double seconds_left(const std::vector<JobProgress>& jobs, int at_once) {
  constexpr double least = 10;  // seconds; less says nothing about the machine
  const double so_far = expected_so_far(jobs);
  const double took = sum(jobs, [](const JobProgress& job) { return job.seconds; });
  const double slower = so_far > least ? took / so_far : 1;
  std::vector<double> each;
  for (const JobProgress& job : jobs)
    if (!job.done) each.push_back(slower * (1 - share_of(job)) * job.expected + job.evaluation);
  return queue_seconds(each, at_once);
}

std::string study_progress_text(const std::vector<JobProgress>& jobs, int at_once) {
  const auto done = std::count_if(jobs.begin(), jobs.end(), [](const JobProgress& job) { return job.done; });
  std::string text = fmt::format("{} of {} trainings done ({:.0f} %)  {} left", done, jobs.size(),
                                 100 * share_done(jobs), duration_text(seconds_left(jobs, at_once)));
  for (const JobProgress& job : jobs)
    if (job.running) text += fmt::format("  {}: step {} of {}", job.name, job.step, job.steps);
  return text;
}

bool StudyProgress::due() const {
  const auto pause = line_.possible() ? std::chrono::seconds(1) : std::chrono::minutes(10);
  return std::chrono::steady_clock::now() - last_ >= pause;
}

void StudyProgress::show(const std::vector<JobProgress>& jobs, int at_once) {
  last_ = std::chrono::steady_clock::now();
  const std::string text = study_progress_text(jobs, at_once);
  if (line_.possible())
    line_.draw(text);
  else
    say(text);
}

void StudyProgress::tell(const std::string& line) {
  line_.clear();
  say(line);
}

}  // namespace refract
