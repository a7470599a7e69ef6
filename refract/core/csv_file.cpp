#include "refract/core/csv_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "refract/core/errors.h"
#include "refract/core/files.h"
#include "refract/core/text.h"

namespace refract {

std::string csv_cell(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string all = "\"";
  for (const char c : text) all += c == '"' ? std::string("\"\"") : std::string(1, c);
  return all + '"';
}

CsvReader::CsvReader(const std::filesystem::path& file) : CsvReader(file.string(), read_file(file)) {}

CsvReader::CsvReader(std::string what, std::string text, char separator)
    : what_(std::move(what)), text_(std::move(text)), rest_(text_), separator_(separator) {
  constexpr std::string_view mark = "\xef\xbb\xbf";
  if (rest_.starts_with(mark)) rest_.remove_prefix(mark.size());
}

void CsvReader::refuse(const std::string& expected, const std::string& found) const {
  throw BadInput(fmt::format("Reading {}, line {}: expected {}, found {}.", what_, last_line_, expected, found));
}

bool CsvReader::next(std::vector<std::string>& cells) {
  std::vector<std::string_view> views;
  const bool any = next(views);
  cells.assign(views.begin(), views.end());
  return any;
}

bool CsvReader::next(std::vector<std::string_view>& cells) {
  do {
    cells.clear();
    mended_.clear();
    last_line_ = line_ + 1;
    if (rest_.empty()) return false;
    while (take_cell(cells)) continue;
  } while (cells.size() == 1 && cells.front().empty());
  return true;
}

// Whether another follows in the line.
bool CsvReader::take_cell(std::vector<std::string_view>& cells) {
  const size_t blanks = rest_.starts_with(' ') ? std::min(rest_.find_first_not_of(' '), rest_.size()) : 0;
  if (rest_.substr(blanks).starts_with('"')) {
    rest_.remove_prefix(blanks + 1);
    cells.push_back(quoted());
  } else {
    cells.push_back(plain());
  }
  if (rest_.empty()) return false;
  const bool more = rest_.front() == separator_;
  if (!more) ++line_;
  rest_.remove_prefix(1);
  return more;
}

std::string_view CsvReader::plain() {
  size_t size = 0;
  while (size < rest_.size() && rest_[size] != separator_ && rest_[size] != '\n') ++size;
  std::string_view cell = rest_.substr(0, size);
  rest_.remove_prefix(size);
  if (cell.ends_with('\r') && !rest_.starts_with(separator_)) cell.remove_suffix(1);
  return cell;
}

// What stands between quotes, the first of which was taken; two of them are one.
std::string_view CsvReader::quoted() {
  std::string_view cell = until_quote();
  if (rest_.starts_with('"')) {
    std::string& whole = mended_.emplace_back(cell);
    while (rest_.starts_with('"')) {
      rest_.remove_prefix(1);
      whole += '"';
      whole += until_quote();
    }
    cell = whole;
  }
  line_ += std::count(cell.begin(), cell.end(), '\n');
  const std::string_view behind = plain();
  if (behind.find_first_not_of(" \r") != std::string_view::npos)
    refuse("the end of a cell behind its closing quote", fmt::format("'{}'", beginning(behind, 20)));
  return cell;
}

std::string_view CsvReader::until_quote() {
  const size_t end = rest_.find('"');
  if (end == std::string_view::npos) refuse("a quote at the end of a cell", "the end of the file");
  const std::string_view part = rest_.substr(0, end);
  rest_.remove_prefix(end + 1);
  return part;
}

}  // namespace refract
