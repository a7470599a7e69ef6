#include "refract/data/files/text_lines.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <fstream>

#include "refract/core/errors.h"
#include "refract/core/files.h"

namespace refract {
namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r";
  text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
  return text.substr(0, text.find_last_not_of(blanks) + 1);
}

std::string_view without_mark(std::string_view text) {
  constexpr std::string_view mark = "\xef\xbb\xbf";
  return text.starts_with(mark) ? text.substr(mark.size()) : text;
}

// Up to the quote that ends the cell: one that no other follows.
size_t quoted_length(std::string_view text) {
  size_t at = text.find('"');
  while (at < text.size() && text.substr(at + 1).starts_with('"')) at = text.find('"', at + 2);
  return std::min(at, text.size());
}

}  // namespace

std::string_view take_until(std::string_view& text, char end) {
  const size_t length = std::min(text.find(end), text.size());
  const std::string_view part = text.substr(0, length);
  text.remove_prefix(std::min(length + 1, text.size()));
  return part;
}

int64_t number_up_to(int64_t most, std::string_view text) {
  int64_t value = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && value >= 0 && value <= most ? value : -1;
}

Cells csv_cells(std::string_view line) {
  Cells cells;
  for (bool more = true; more;) {
    line = trimmed(line);
    const bool quoted = line.starts_with('"');
    const size_t length = quoted ? quoted_length(line.substr(1)) : 0;
    const size_t comma = line.find(',', quoted ? length + 1 : 0);
    cells.push_back(quoted ? line.substr(1, length) : trimmed(line.substr(0, comma)));
    more = comma != std::string_view::npos;
    line.remove_prefix(more ? comma + 1 : line.size());
  }
  return cells;
}

std::vector<std::string> first_cells(const std::filesystem::path& file) {
  std::string begin(size_t{1} << 16, '\0');
  std::ifstream stream(file, std::ios::binary);
  stream.read(begin.data(), static_cast<std::streamsize>(begin.size()));
  begin.resize(static_cast<size_t>(stream.gcount()));
  std::string_view rest = without_mark(begin);
  std::vector<std::string> texts;
  for (const std::string_view cell : csv_cells(take_until(rest, '\n'))) texts.emplace_back(cell);
  return texts;
}

TextLines::TextLines(const std::filesystem::path& file)
    : file_(file), text_(read_file(file)), rest_(without_mark(text_)) {}

bool TextLines::next(std::string_view& line) {
  if (rest_.empty()) return false;
  line = take_until(rest_, '\n');
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  ++number_;
  return true;
}

bool TextLines::next(Cells& cells) {
  std::string_view line;
  do {
    if (!next(line)) return false;
  } while (trimmed(line).empty());
  cells = csv_cells(line);
  return true;
}

void TextLines::refuse(const std::string& expected) const {
  throw BadInput(fmt::format("Reading {}, line {}: expected {}.", file_.string(), number_, expected));
}

std::string TextLines::sha256() const {
  return refract::sha256(text_);
}

}  // namespace refract
