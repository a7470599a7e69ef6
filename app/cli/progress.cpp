#include "app/cli/progress.h"

#include <fmt/format.h>

#include "refract/core/text.h"

namespace refract {
namespace {

constexpr double least_seconds_between_lines = 10;
constexpr double most_seconds_between_lines = 60;
constexpr int64_t lines_in_a_run = 20;

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

std::string progress_text(const TrainingProgress& progress, size_t width) {
  std::string text = fmt::format("step {} of {} ({:.0f} %)  {:.3g} steps/s  {} left", progress.step, progress.steps,
                                 100.0 * static_cast<double>(progress.step) / static_cast<double>(progress.steps),
                                 progress.steps_per_second, duration_text(progress.seconds_left));
  for (const auto& [name, value] : progress.terms) {
    const std::string term = fmt::format("  {} {:.4g}", name, value);
    if (text.size() + term.size() > width) break;
    text += term;
  }
  return std::string(beginning(text, width));
}

}  // namespace refract
