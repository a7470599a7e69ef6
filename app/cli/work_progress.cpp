#include "app/cli/work_progress.h"

#include <fmt/format.h>

#include <chrono>
#include <memory>
#include <optional>

#include "app/cli/terminal.h"
#include "refract/core/text.h"

namespace refract {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point then) {
  return std::chrono::duration<double>(Clock::now() - then).count();
}

class Shown {
 public:
  void show(const Progress& progress) {
    if (!line_ || progress.what != what_) begin(progress);
    const double since_begin = seconds_since(begin_);
    const bool over = progress.done == progress.total;
    const auto since_last = last_ ? std::optional(seconds_since(*last_)) : std::nullopt;
    const bool closing = over && last_;  // the line that stays says that all is done
    if (closing || progress_due(line_->possible(), since_begin, since_last)) put(progress, since_begin);
    if (over) line_.reset();
  }

 private:
  void begin(const Progress& progress) {
    line_.emplace();
    what_ = progress.what;
    begin_ = Clock::now();
    last_.reset();
  }

  void put(const Progress& progress, double since_begin) {
    last_ = Clock::now();
    if (line_->possible())
      line_->draw(work_progress_text(progress, since_begin, error_width() - 1));
    else
      say(work_progress_text(progress, since_begin, 200));
  }

  std::optional<LiveLine> line_;
  std::string what_;
  Clock::time_point begin_;
  std::optional<Clock::time_point> last_;
};

}  // namespace

OnProgress shown_progress() {
  return [shown = std::make_shared<Shown>()](const Progress& progress) { shown->show(progress); };
}

bool progress_due(bool terminal, double since_begin, std::optional<double> since_last) {
  constexpr double first_drawn = 1, drawn = 0.1, first_said = 5, said = 30;
  if (!since_last) return since_begin >= (terminal ? first_drawn : first_said);
  return *since_last >= (terminal ? drawn : said);
}

std::string work_progress_text(const Progress& progress, double seconds, size_t width) {
  const auto done = static_cast<double>(progress.done), total = static_cast<double>(progress.total);
  std::string text = fmt::format("{}: {} of {}", progress.what, progress.done, progress.total);
  if (total > 0) text += fmt::format(" ({:.0f} %)", 100 * done / total);
  if (seconds > 0 && done > 0)
    text += fmt::format("  {:.3g} a second  {} left", done / seconds, duration_text((total - done) * seconds / done));
  return std::string(beginning(text, width));
}

}  // namespace refract
