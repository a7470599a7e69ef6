#include "app/cli/terminal.h"

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

std::vector<size_t> column_widths(const std::vector<std::vector<std::string>>& rows) {
  std::vector<size_t> widths(rows.front().size());
  for (const auto& row : rows)
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  return widths;
}

// Narrowed, the widest first, until the columns and the spaces between them fit.
std::vector<size_t> fitted(std::vector<size_t> widths, size_t width) {
  constexpr size_t least_of_last = 30, least = 16;
  const auto total = [&] { return std::accumulate(widths.begin(), widths.end(), 2 * (widths.size() - 1)); };
  while (total() > width) {
    size_t widest = widths.size();
    for (size_t i = 0; i < widths.size(); ++i)
      if (widths[i] > (i + 1 == widths.size() ? least_of_last : least) &&
          (widest == widths.size() || widths[i] >= widths[widest]))
        widest = i;
    if (widest == widths.size()) break;
    --widths[widest];
  }
  return widths;
}

// A cell as it is, or broken into lines that keep its indentation.
std::vector<std::string> broken(const std::string& cell, size_t width) {
  if (cell.size() <= width) return {cell};
  const size_t indent = std::min(cell.find_first_not_of(' '), width);
  std::vector<std::string> lines = wrapped(cell.substr(indent), width - indent);
  for (std::string& line : lines) line.insert(0, indent, ' ');
  return lines;
}

// From the first character of a column to behind its last.
struct Stretch {
  size_t begin = 0, end = 0;
};

// The columns that all lines agree on.
std::vector<Stretch> columns_of(const std::vector<std::u32string>& lines) {
  size_t length = 0;
  for (const auto& line : lines) length = std::max(length, line.size());
  const auto is_blank = [&](size_t at) {
    return std::all_of(lines.begin(), lines.end(),
                       [&](const std::u32string& line) { return at >= line.size() || line[at] == U' '; });
  };
  std::vector<Stretch> columns;
  for (size_t at = 0; at < length; ++at) {
    if (is_blank(at)) continue;
    if (columns.empty() || at > columns.back().end + 1) columns.push_back({at, at});
    columns.back().end = at + 1;
  }
  return columns;
}

// Those lines with the first column and the columns from `from` to before `to`.
std::string block(const std::vector<std::u32string>& lines, const std::vector<Stretch>& columns, size_t from,
                  size_t to) {
  const size_t names = columns.front().end;
  const size_t begin = columns[from - 1].end;
  std::string text;
  for (const std::u32string& line : lines) {
    std::u32string part = line.substr(0, names);
    part.resize(names, U' ');
    if (begin < line.size()) part += line.substr(begin, columns[to - 1].end - begin);
    part.erase(part.find_last_not_of(U' ') + 1);
    text += to_utf8(part) + "\n";
  }
  return text;
}

// Nobody reads what cannot be written, such as on a terminal that was closed: work goes on.
void write_error(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

size_t terminal_width(int descriptor, size_t otherwise) {
  winsize size{};
  if (::ioctl(descriptor, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return otherwise;
  return size.ws_col;
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
  return terminal_width(STDERR_FILENO, 100);
}

size_t output_width(size_t otherwise) {
  return terminal_width(STDOUT_FILENO, otherwise);
}

std::vector<std::string> wrapped(const std::string& text, size_t width) {
  const size_t indent = std::min(text.find_first_not_of(' '), text.size());
  std::vector<std::string> lines(1, text.substr(0, indent));
  for (size_t from = indent; from < text.size();) {
    const size_t to = std::min(text.find(' ', from), text.size());
    const std::string word = text.substr(from, to - from);
    const bool begun = lines.back().find_first_not_of(' ') != std::string::npos;
    if (begun && lines.back().size() + 1 + word.size() > width)
      lines.push_back(word);
    else
      lines.back() += (begun ? " " : "") + word;
    from = to + 1;
  }
  return lines;
}

void say(const std::string& line) {
  write_error(printable(line) + "\n");
}

void say_lines(const std::string& lines) {
  write_error(printable_lines(lines) + "\n");
}

void say_failure(const std::string& why) {
  write_error(fmt::format("{} {}\n", coloured(Colour::red, "refract:"), printable(why)));
}

LiveLine::~LiveLine() {
  if (open_) write_error("\n");
}

void LiveLine::draw(const std::string& text) {
  if (!terminal_) return;
  write_error("\r\033[K" + coloured(Colour::cyan, std::string(beginning(printable(text), error_width() - 1))));
  open_ = true;
}

void LiveLine::clear() {
  if (!open_) return;
  write_error("\r\033[K");
  open_ = false;
}

std::string table_text(const std::vector<std::vector<std::string>>& rows, size_t width) {
  const std::vector<size_t> widths = fitted(column_widths(rows), width == 0 ? output_width(120) : width);
  std::string text;
  for (const auto& row : rows) {
    std::vector<std::vector<std::string>> cells;
    size_t height = 0;
    for (size_t i = 0; i < row.size(); ++i) {
      cells.push_back(broken(row[i], widths[i]));
      height = std::max(height, cells.back().size());
    }
    for (size_t k = 0; k < height; ++k) {
      std::string line;
      for (size_t i = 0; i < row.size(); ++i)
        line += fmt::format("{:<{}}  ", k < cells[i].size() ? cells[i][k] : "", widths[i]);
      line.erase(line.find_last_not_of(' ') + 1);
      text += line + '\n';
    }
  }
  return text;
}

std::string in_blocks(const std::string& table, size_t width) {
  std::vector<std::u32string> lines;
  for (size_t from = 0; from < table.size();) {
    const size_t to = std::min(table.find('\n', from), table.size());
    lines.push_back(from_utf8(table.substr(from, to - from)));
    from = to + 1;
  }
  const std::vector<Stretch> columns = columns_of(lines);
  if (columns.size() < 3 || columns.back().end <= width) return table;
  std::string text;
  for (size_t from = 1; from < columns.size();) {
    size_t to = from + 1;
    const auto end = [&](size_t last) { return columns[0].end + columns[last].end - columns[from - 1].end; };
    while (to < columns.size() && end(to) <= width) ++to;
    text += (from > 1 ? "\n" : "") + block(lines, columns, from, to);
    from = to;
  }
  return text;
}

}  // namespace refract
