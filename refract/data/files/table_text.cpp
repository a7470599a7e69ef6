// Tables of comma- or tab-separated text.
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <string_view>
#include <utility>

#include "refract/core/csv_file.h"
#include "refract/core/text.h"
#include "refract/data/files/table_cells.h"
#include "refract/data/files/table_rows.h"
#include "refract/data/files/text_lines.h"

namespace refract {
namespace {

using TableCells = std::vector<std::string_view>;

// What the first column is called where it has no name: pandas and R write the names of rows so.
constexpr const char* unnamed_column = "(the unnamed first column)";

void expect_utf8(const RawTable& table, std::string_view text) {
  int64_t number = 0;
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view line = take_until(rest, '\n');
    ++number;
    const bool plain = std::all_of(line.begin(), line.end(), [](char c) { return c >= 0; });
    if (!plain && to_utf8(from_utf8(line)) != line)
      table.refuse(fmt::format("expected text in UTF-8, found other bytes in line {}: {}. Save it as 'CSV UTF-8'.",
                               number, quoted_cell(line)));
  }
}

std::string_view first_line(std::string_view text) {
  const size_t first = std::min(text.find_first_not_of("\r\n"), text.size());
  return text.substr(first, text.find('\n', first) - first);
}

char separator_of(const RawTable& table, std::string_view header) {
  const std::string name = table.file.filename().string();
  const bool tabs = header.find('\t') != std::string_view::npos, commas = header.find(',') != std::string_view::npos;
  const char separator = name.ends_with(".tsv") || name.ends_with(".tsv.gz") || (tabs && !commas) ? '\t' : ',';
  if (!tabs && !commas && header.find(';') != std::string_view::npos)
    table.refuse(
        "expected commas or tabs between the cells, found semicolons, as spreadsheets write them where numbers have "
        "decimal "
        "commas. Export it with commas or tabs between cells, and with decimal points.");
  if (header.find(separator) == std::string_view::npos)
    table.refuse(fmt::format("expected the names of two columns or more, with {} between them, found one line: {}.",
                             separator == '\t' ? "tabs" : "commas", quoted_cell(header)));
  return separator;
}

// 0, 1, 2, ... or 1, 2, 3, ...: what pandas and spreadsheets call columns that nobody named.
bool is_numbering(const std::vector<std::string>& names, size_t first) {
  if (names.size() < first + 3) return false;
  const size_t start = names[first] == "0" ? 0 : 1;
  for (size_t c = first; c < names.size(); ++c)
    if (names[c] != std::to_string(start + c - first)) return false;
  return true;
}

void check_header(const CsvReader& reader, const std::vector<std::string>& names) {
  const auto is_value = [](const std::string& name) {
    return is_missing(name) || number_cell(name).kind == CellKind::number;
  };
  const size_t first = names.front().empty() ? 1 : 0;
  if (std::all_of(names.begin(), names.end(), is_value) && !is_numbering(names, first))
    reader.refuse("a header, the names of the columns",
                  fmt::format("numbers alone: {}. Write the names of the columns above them",
                              some_of({names.begin(), names.end()}, 5)));
  for (size_t c = 1; c < names.size(); ++c)
    if (names[c].empty())
      reader.refuse("a name for each column", fmt::format("none for column {} of {}. Name it, or take away a separator "
                                                          "too many",
                                                          c + 1, names.size()));
}

class TextTableReader {
 public:
  TextTableReader(const TableQuery& query, std::string text, char separator, RawTable table)
      : query_(query),
        lines_(std::count(text.begin(), text.end(), '\n') + 1),
        size_(text.size()),
        reader_(fmt::format("the table {}", query.file.string()), std::move(text), separator),
        table_(std::move(table)) {}

  RawTable read() {
    TableCells cells;
    reader_.next(cells);
    const ColumnPlan plan = plan_of(cells);
    FeatureCells features(query_, table_.unit, plan.features);
    // No more numbers than bytes: a cell is followed by a byte.
    table_.values.reserve(std::min(lines_ * plan.features.size(), size_ + plan.features.size()));
    while (reader_.next(cells))
      if (!is_blank(cells)) add_row(cells, plan, features);
    features.finish();
    if (blank_ > 0) table_.notes.push_back(fmt::format("Lines of separators alone were passed over: {}.", blank_));
    return std::move(table_);
  }

 private:
  ColumnPlan plan_of(const TableCells& cells) {
    std::vector<std::string> names;
    for (const std::string_view cell : cells) names.emplace_back(without_blanks(cell));
    check_header(reader_, names);
    const bool unnamed = names.front().empty();
    if (unnamed) names.front() = unnamed_column;
    ColumnPlan plan = plan_columns(query_, names, unnamed ? unnamed_column : "", table_);
    for (size_t c = 0; c < names.size(); ++c) kept_.push_back(plan.kept[c] ? &table_.texts[names[c]] : nullptr);
    return plan;
  }

  // A spreadsheet leaves such lines below a table.
  bool is_blank(const TableCells& cells) {
    const auto is_empty = [](std::string_view cell) { return without_blanks(cell).empty(); };
    if (!std::all_of(cells.begin(), cells.end(), is_empty)) return false;
    if (cells.size() > 1) ++blank_;
    return true;
  }

  void add_row(const TableCells& cells, const ColumnPlan& plan, FeatureCells& features) {
    if (cells.size() != plan.slots.size()) refuse_ragged(cells.size(), plan.slots.size());
    const int64_t line = reader_.line();
    const size_t start = table_.values.size();
    table_.values.resize(start + plan.features.size());
    for (size_t c = 0; c < cells.size(); ++c) {
      if (plan.kept[c]) kept_[c]->emplace_back(without_blanks(cells[c]));
      if (plan.slots[c] < 0) continue;
      const auto slot = static_cast<size_t>(plan.slots[c]);
      table_.values[start + slot] = features.of(slot, cells[c], line);
    }
    table_.places.push_back(line);
  }

  [[noreturn]] void refuse_ragged(size_t found, size_t expected) const {
    const bool of_r = table_.places.empty() && found == expected + 1;
    reader_.refuse(
        fmt::format("{} cells as in the header", expected),
        fmt::format("{}{}", found,
                    of_r ? ". If R's write.table made it, give it col.names = NA, so that the names of rows have "
                           "a place in the header"
                         : ""));
  }

  const TableQuery& query_;
  size_t lines_;
  size_t size_;
  CsvReader reader_;
  RawTable table_;
  std::vector<std::vector<std::string>*> kept_;  // for each column, where its texts go; null for none
  size_t blank_ = 0;
};

}  // namespace

RawTable read_text_table(const TableQuery& query, std::string text) {
  RawTable table;
  table.file = query.file;
  table.unit = "line";
  if (text.find('\0') != std::string::npos)
    table.refuse("expected text or an archive of NumPy (.npz), found binary data. Export the table as CSV.");
  expect_utf8(table, text);
  const char separator = separator_of(table, first_line(text));
  return TextTableReader(query, std::move(text), separator, std::move(table)).read();
}

}  // namespace refract
