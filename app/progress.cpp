#include "app/progress.h"

#include <fmt/format.h>

#include <algorithm>

#include "refract/core/text.h"

namespace refract {
namespace {

constexpr double least_seconds_between_lines = 10;
constexpr double most_seconds_between_lines = 60;
constexpr int64_t lines_in_a_run = 20;

// What is done before the first moment tells no rate.
constexpr double seconds_in_silence = 1;
constexpr double seconds_between_drawings = 0.1;

}  // namespace

bool ProgressLine::due(const TrainingProgress& progress) const {
  if (line_.possible() || !last_time_ || progress.step == progress.steps) return true;
  const std::chrono::duration<double> waited = std::chrono::steady_clock::now() - *last_time_;
  const bool moved = (progress.step - last_step_) * lines_in_a_run >= progress.steps;
  return waited.count() >= (moved ? least_seconds_between_lines : most_seconds_between_lines);
}

void ProgressLine::show(const TrainingProgress& progress) {
  if (!due(progress)) return;
  last_time_ = std::chrono::steady_clock::now();
  last_step_ = progress.step;
  if (line_.possible())
    line_.draw(progress_text(progress, error_width() - 1));
  else
    say(progress_text(progress, 200));
}

OnProgress WorkLine::hook() {
  return [this](const Progress& progress) { show(progress); };
}

void WorkLine::show(const Progress& progress) {
  const Clock::time_point now = Clock::now();
  if (progress.what != what_) {
    what_ = progress.what;
    start_ = last_ = now;
    first_ = progress.done;
    return;
  }
  const double seconds = std::chrono::duration<double>(now - start_).count();
  const double waited = std::chrono::duration<double>(now - last_).count();
  const bool spoken = last_ != start_;
  const double pause = !spoken            ? seconds_in_silence
                       : line_.possible() ? seconds_between_drawings
                                          : least_seconds_between_lines;
  const bool over = spoken && progress.done == progress.total;
  if (waited < pause && !(over && line_.possible())) return;
  last_ = now;
  const std::string text = work_text(progress, progress.done - first_, seconds);
  if (line_.possible())
    line_.draw(text);
  else
    say(text);
}

std::string work_text(const Progress& progress, int64_t done_here, double seconds) {
  const double share = static_cast<double>(progress.done) / static_cast<double>(std::max<int64_t>(progress.total, 1));
  std::string text = fmt::format("{}: {} of {} ({:.0f} %)", progress.what, progress.done, progress.total, 100 * share);
  if (done_here < 1 || seconds <= 0) return text;
  const double rate = static_cast<double>(done_here) / seconds;
  return text + fmt::format("  {:.3g} a second  {} left", rate,
                            duration_text(static_cast<double>(progress.total - progress.done) / rate));
}

std::string progress_text(const TrainingProgress& progress, size_t width) {
  std::string text = fmt::format("step {} of {} ({:.0f} %)  {:.3g} steps/s  {} left", progress.step, progress.steps,
                                 100.0 * static_cast<double>(progress.step) / static_cast<double>(progress.steps),
                                 progress.steps_per_second, duration_text(progress.seconds_left));
  for (const auto& [name, value] : progress.terms) {
    const std::string term = fmt::format("  {} {:.4g}", name, value);
    if (text.size() + term.size() > width) break;
    text += term;
  }
  return text.substr(0, width);
}

}  // namespace refract
