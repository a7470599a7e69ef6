#include "app/terminal.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <numeric>

#include "refract/core/text.h"

namespace refract {
namespace {

// Words of `text` in lines of at most `width` characters.
std::vector<std::string> wrapped(const std::string& text, size_t width) {
  std::vector<std::string> lines(1);
  for (size_t from = 0; from <= text.size();) {
    const size_t to = std::min(text.find(' ', from), text.size());
    const std::string word = text.substr(from, to - from);
    if (!lines.back().empty() && lines.back().size() + 1 + word.size() > width) lines.emplace_back();
    lines.back() += (lines.back().empty() ? "" : " ") + word;
    from = to + 1;
  }
  return lines;
}

std::vector<size_t> column_widths(const std::vector<std::vector<std::string>>& rows) {
  std::vector<size_t> widths(rows.front().size());
  for (const auto& row : rows)
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  return widths;
}

// Nobody reads what cannot be written, such as on a terminal that was closed: work goes on.
void write_error(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

}  // namespace

bool error_is_terminal() {
  return ::isatty(STDERR_FILENO) == 1;
}

std::string coloured(Colour colour, const std::string& text) {
  const char* refused = std::getenv("NO_COLOR");
  const char* kind = std::getenv("TERM");
  const bool welcome = (refused == nullptr || *refused == '\0') && (kind == nullptr || std::string(kind) != "dumb");
  if (!error_is_terminal() || !welcome) return text;
  return fmt::format("\033[{}m{}\033[0m", static_cast<int>(colour), text);
}

size_t error_width() {
  winsize size{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 100;
  return size.ws_col;
}

void say(const std::string& line) {
  write_error(printable_lines(line) + "\n");
}

void say_failure(const std::string& why) {
  write_error(fmt::format("{} {}\n", coloured(Colour::red, "refract:"), printable(why)));
}

LiveLine::~LiveLine() {
  if (open_) write_error("\n");
}

void LiveLine::draw(const std::string& text) {
  if (!terminal_) return;
  write_error("\r\033[K" + coloured(Colour::cyan, printable(text).substr(0, error_width() - 1)));
  open_ = true;
}

void LiveLine::clear() {
  if (!open_) return;
  write_error("\r\033[K");
  open_ = false;
}

std::string table_text(const std::vector<std::vector<std::string>>& rows, size_t width) {
  const std::vector<size_t> widths = column_widths(rows);
  const size_t before_last = std::accumulate(widths.begin(), widths.end() - 1, 2 * (widths.size() - 1));
  const size_t last = std::max<size_t>(30, width - std::min(width, before_last));
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (size_t i = 0; i + 1 < row.size(); ++i) line += fmt::format("{:<{}}  ", row[i], widths[i]);
    for (const std::string& part : wrapped(row.back(), last)) {
      line += part;
      line.erase(line.find_last_not_of(' ') + 1);
      text += line + '\n';
      line.assign(before_last, ' ');
    }
  }
  return text;
}

}  // namespace refract
