#include "refract/data/files/table_condition.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <set>
#include <utility>

#include "refract/core/errors.h"
#include "refract/data/files/table_cells.h"

namespace refract {
namespace {

constexpr std::string_view conjunction = " and ";
constexpr std::string_view quote_signs = "\"'";

// Reads one condition from left to right.
class ConditionReader {
 public:
  ConditionReader(std::string option, std::string text)
      : option_(std::move(option)), text_(std::move(text)), rest_(text_) {}

  Condition read() {
    Condition condition{text_, {}};
    while (!without_blanks(rest_).empty() || !condition.comparisons.empty()) {
      condition.comparisons.push_back(comparison());
      if (without_blanks(rest_).empty()) break;
      rest_.remove_prefix(conjunction.size());
    }
    return condition;
  }

 private:
  Comparison comparison() {
    Comparison read;
    read.column = word(std::min(rest_.find_first_of("=!<>"), rest_.size()));
    if (read.column.empty()) refuse("the name of a column");
    while (rest_.starts_with(' ')) rest_.remove_prefix(1);
    read.sign = sign();
    const bool in_quotes = is_quote(without_blanks(rest_));
    read.value = word(std::min(rest_.find(conjunction), rest_.size()));
    if (read.value.empty() && !in_quotes) refuse(fmt::format("a value behind {}, or \"\" for none", read.sign));
    if (!without_blanks(rest_).empty() && !rest_.starts_with(conjunction)) refuse("' and ' behind a value in quotes");
    if (read.sign != "=" && read.sign != "!=" && number_cell(read.value).kind != CellKind::number)
      refuse(fmt::format("a number behind {}", read.sign));
    return read;
  }

  static bool is_quote(std::string_view text) {
    return !text.empty() && quote_signs.find(text[0]) != std::string_view::npos;
  }

  // What stands in quotes, or, without them, before `end`.
  std::string word(size_t end) {
    const std::string_view bare = without_blanks(rest_);
    if (!is_quote(bare)) {
      const std::string found(without_blanks(rest_.substr(0, end)));
      rest_.remove_prefix(end);
      return found;
    }
    const size_t closing = bare.find(bare[0], 1);
    if (closing == std::string_view::npos) refuse("a second quote");
    rest_.remove_prefix(static_cast<size_t>(bare.data() - rest_.data()) + closing + 1);
    return std::string(bare.substr(1, closing - 1));
  }

  std::string sign() {
    for (const std::string_view known : {"==", "!=", "<=", ">=", "=", "<", ">"})
      if (rest_.starts_with(known)) {
        rest_.remove_prefix(known.size());
        return known == "==" ? "=" : std::string(known);
      }
    refuse("one of =, !=, <, <=, > and >= behind the name of a column");
  }

  [[noreturn]] void refuse(const std::string& expected) const {
    throw BadInput(
        fmt::format("Reading {} '{}': expected {}. Write it as COLUMN=VALUE, or several joined by ' and '; names and "
                    "values that have "
                    "signs in them stand in quotes.",
                    option_, text_, expected));
  }

  std::string option_;
  std::string text_;
  std::string_view rest_;
};

bool holds(const std::string& sign, double cell, double value) {
  if (sign == "<") return cell < value;
  if (sign == "<=") return cell <= value;
  return sign == ">" ? cell > value : cell >= value;
}

[[noreturn]] void refuse_text(const RawTable& table, const Condition& condition, const std::string& column, size_t row,
                              const std::string& cell) {
  table.refuse(
      fmt::format("expected numbers in column {}, which the condition '{}' compares, found {} in {}. Text can be "
                  "compared with = and != only.",
                  quoted_cell(column), condition.text, quoted_cell(cell), table.place(row)));
}

// Rows whose cell has no value are flagged in `gaps`.
std::vector<bool> rows_where(const Comparison& comparison, const Condition& condition, const RawTable& table,
                             std::vector<bool>& gaps) {
  const std::vector<std::string>& cells = table.texts.at(comparison.column);
  const NumberCell value = number_cell(comparison.value);
  const bool equality = comparison.sign == "=" || comparison.sign == "!=";
  const bool wants_gaps = equality && is_missing(comparison.value);
  std::vector<bool> met(cells.size(), false);
  for (size_t i = 0; i < cells.size(); ++i) {
    if (is_missing(cells[i])) {
      if (!wants_gaps) gaps[i] = true;
      met[i] = comparison.sign == "=" && cells[i] == comparison.value;
      continue;
    }
    const NumberCell cell = number_cell(cells[i]);
    const bool numbers = cell.kind == CellKind::number && value.kind == CellKind::number;
    if (!equality && !numbers) refuse_text(table, condition, comparison.column, i, cells[i]);
    const bool equal = numbers ? cell.value == value.value : cells[i] == comparison.value;
    met[i] = equality ? equal == (comparison.sign == "=") : holds(comparison.sign, cell.value, value.value);
  }
  return met;
}

// The values of a column, in the order of the rows that have them first.
std::string distinct_cells(const std::vector<std::string>& cells) {
  std::set<std::string> known;
  std::vector<std::string> all;
  for (const std::string& cell : cells)
    if (known.insert(cell).second) all.push_back(quoted_cell(cell));
  return some_of(all, 8);
}

}  // namespace

Condition read_condition(const std::string& option, const std::string& text) {
  return ConditionReader(option, text).read();
}

std::vector<bool> rows_meeting(const Condition& condition, RawTable& table) {
  std::vector<bool> all(table.rows(), true);
  std::vector<bool> gaps(table.rows(), false);
  for (const Comparison& comparison : condition.comparisons) {
    const std::vector<bool> met = rows_where(comparison, condition, table, gaps);
    if (std::find(met.begin(), met.end(), true) == met.end())
      table.refuse(fmt::format(
          "no row meets the condition '{}': the column {} has the values {}. Name one that is there.", condition.text,
          quoted_cell(comparison.column), distinct_cells(table.texts.at(comparison.column))));
    std::transform(all.begin(), all.end(), met.begin(), all.begin(), std::logical_and<>());
  }
  if (std::find(all.begin(), all.end(), true) == all.end())
    table.refuse(
        fmt::format("no row meets all of the condition '{}', though some meet each part of it.", condition.text));
  if (const auto count = std::count(gaps.begin(), gaps.end(), true); count > 0)
    table.notes.push_back(fmt::format("{} of {} rows have no value for the condition '{}', and so do not meet it.",
                                      count, table.rows(), condition.text));
  return all;
}

}  // namespace refract
