#include "app/cli/csv_file.h"

#include <fmt/format.h>

#include <algorithm>

#include "refract/core/errors.h"
#include "refract/core/files.h"

namespace refract {

std::string csv_cell(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string all = "\"";
  for (const char c : text) all += c == '"' ? std::string("\"\"") : std::string(1, c);
  return all + '"';
}

CsvReader::CsvReader(const std::filesystem::path& file) : file_(file), text_(read_file(file)), rest_(text_) {
  constexpr std::string_view mark = "\xef\xbb\xbf";
  if (rest_.starts_with(mark)) rest_.remove_prefix(mark.size());
}

void CsvReader::refuse(const std::string& expected, const std::string& found) const {
  throw BadInput(
      fmt::format("Reading {}, line {}: expected {}, found {}.", file_.string(), last_line_, expected, found));
}

// What stands between quotes, the first of which was taken; two of them are one.
std::string CsvReader::quoted() {
  std::string cell;
  for (;;) {
    const size_t end = rest_.find('"');
    if (end == std::string_view::npos) refuse("a quote at the end of a cell", "the end of the file");
    cell += rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    if (!rest_.starts_with('"')) break;
    cell += '"';
    rest_.remove_prefix(1);
  }
  line_ += std::count(cell.begin(), cell.end(), '\n');
  return cell;
}

bool CsvReader::next(std::vector<std::string>& cells) {
  cells.assign(1, "");
  for (last_line_ = line_ + 1; !rest_.empty();) {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    if (c == '"') {
      cells.back() += quoted();
    } else if (c == ',') {
      cells.emplace_back();
    } else if (c == '\n') {
      ++line_;
      if (cells.size() > 1 || !cells.back().empty()) return true;
      last_line_ = line_ + 1;
    } else if (c != '\r') {
      cells.back() += c;
    }
  }
  return cells.size() > 1 || !cells.back().empty();
}

}  // namespace refract
