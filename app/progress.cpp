#include "app/progress.h"

#include <fmt/format.h>

#include <cstdio>

#include "app/terminal.h"

namespace refract {
namespace {

constexpr double least_seconds_between_lines = 10;
constexpr double most_seconds_between_lines = 60;
constexpr int64_t lines_in_a_run = 20;

}  // namespace

ProgressLine::ProgressLine() : terminal_(error_is_terminal()) {}

ProgressLine::~ProgressLine() {
  if (open_) fmt::print(stderr, "\n");
}

bool ProgressLine::due(const TrainingProgress& progress) const {
  if (terminal_ || !last_time_ || progress.step == progress.steps) return true;
  const std::chrono::duration<double> waited = std::chrono::steady_clock::now() - *last_time_;
  const bool moved = (progress.step - last_step_) * lines_in_a_run >= progress.steps;
  return waited.count() >= (moved ? least_seconds_between_lines : most_seconds_between_lines);
}

void ProgressLine::show(const TrainingProgress& progress) {
  if (!due(progress)) return;
  last_time_ = std::chrono::steady_clock::now();
  last_step_ = progress.step;
  if (!terminal_) return say(progress_text(progress, 200));
  const std::string text = progress_text(progress, error_width() - 1);
  fmt::print(stderr, "\r\033[K{}", coloured(Colour::cyan, text));
  std::fflush(stderr);
  open_ = true;
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
