#include "refract/data/files/table_cells.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <utility>

#include "refract/core/errors.h"
#include "refract/core/text.h"

namespace refract {
namespace {

constexpr std::array<std::string_view, 9> missing_spellings = {"", "NA", "N/A", "NaN", "nan", "null", "None", ".", "?"};
constexpr double largest_float = std::numeric_limits<float>::max();

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// "1,5", as Germans and spreadsheets of theirs write 1.5.
bool has_decimal_comma(std::string_view cell) {
  const size_t comma = cell.find(',');
  return comma != std::string_view::npos && comma > 0 && comma + 1 < cell.size() &&
         std::all_of(cell.begin() + static_cast<int64_t>(comma) + 1, cell.end(), is_digit) && is_digit(cell[comma - 1]);
}

}  // namespace

std::string_view without_blanks(std::string_view cell) {
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!cell.empty() && blank(cell.front())) cell.remove_prefix(1);
  while (!cell.empty() && blank(cell.back())) cell.remove_suffix(1);
  return cell;
}

bool is_missing(std::string_view cell) {
  return std::find(missing_spellings.begin(), missing_spellings.end(), cell) != missing_spellings.end();
}

NumberCell number_cell(std::string_view cell) {
  if (cell.size() == 1 && is_digit(cell.front())) return {CellKind::number, static_cast<double>(cell.front() - '0')};
  std::string_view digits = cell;
  if (digits.starts_with('+') && !digits.starts_with("+-")) digits.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  const bool whole = !digits.empty() && end == digits.data() + digits.size();
  if (whole && error == std::errc() && std::isfinite(value))
    return {std::abs(value) > largest_float ? CellKind::too_large : CellKind::number, value};
  if (is_missing(cell)) return {CellKind::missing, 0};
  if (!whole || std::isnan(value)) return {CellKind::text, 0};
  if (error == std::errc()) return {CellKind::infinite, value};
  const bool tiny = digits.find("e-") != std::string_view::npos || digits.find("E-") != std::string_view::npos;
  return {tiny ? CellKind::number : CellKind::too_large, 0};
}

std::string quoted_cell(std::string_view cell) {
  constexpr size_t most = 40;
  return fmt::format("'{}{}'", printable(beginning(cell, most)), cell.size() > most ? "..." : "");
}

std::string some_of(const std::vector<std::string>& texts, size_t most) {
  const auto shown = static_cast<int64_t>(std::min(texts.size(), most));
  const auto more = std::ssize(texts) - shown;
  return fmt::format("{}{}", fmt::join(texts.begin(), texts.begin() + shown, ", "),
                     more > 0 ? fmt::format(" and {} more", more) : "");
}

FeatureCells::FeatureCells(const TableQuery& query, std::string unit, const std::vector<std::string>& columns)
    : file_(query.file),
      counts_(query.counts),
      colours_(query.colours),
      unit_(std::move(unit)),
      columns_(columns),
      texts_(columns.size()) {}

float FeatureCells::of(size_t column, std::string_view cell, int64_t place) {
  const std::string_view bare = without_blanks(cell);
  const NumberCell read = number_cell(bare);
  if (read.kind == CellKind::number) return counted(column, read.value, place);
  if (read.kind != CellKind::missing && read.kind != CellKind::text) refuse_kind(column, read.kind, bare, place);
  if (read.kind == CellKind::text) {
    Texts& texts = texts_[column];
    if (texts.count++ == 0) {
      texts.first = bare;
      texts.place = place;
    }
  }
  return std::numeric_limits<float>::quiet_NaN();
}

float FeatureCells::of(size_t column, double value, int64_t place) const {
  if (std::isnan(value)) return std::numeric_limits<float>::quiet_NaN();
  if (std::abs(value) > largest_float)
    refuse_kind(column, std::isinf(value) ? CellKind::infinite : CellKind::too_large, fmt::format("{}", value), place);
  return counted(column, value, place);
}

float FeatureCells::counted(size_t column, double value, int64_t place) const {
  if (counts_ && !(value >= 0 && value == std::floor(value)))
    refuse(column, place, "a count (0, 1, 2, ...)",
           fmt::format("{}. Give the counts themselves, not logarithms or shares of them, or take the numbers as they "
                       "are instead of counts",
                       value));
  return static_cast<float>(value);
}

void FeatureCells::refuse(size_t column, int64_t place, const std::string& expected, const std::string& found) const {
  throw BadInput(fmt::format("Reading the table {}, {} {}: expected {} in column {}, found {}.", file_.string(), unit_,
                             place, expected, quoted_cell(columns_[column]), found));
}

void FeatureCells::refuse_kind(size_t column, CellKind kind, std::string_view cell, int64_t place) const {
  const bool infinite = kind == CellKind::infinite;
  refuse(column, place, infinite ? "a finite number" : "a number of at most 3.4e38 (float32)",
         fmt::format("{}. {}", quoted_cell(cell),
                     infinite ? "Mend the cell, or empty it and give --missing mean or --missing drop"
                              : "Mend the cell, or write the column in a larger unit"));
}

void FeatureCells::finish() const {
  std::vector<std::string> found;
  bool commas = false, colours = false;
  for (size_t c = 0; c < texts_.size(); ++c) {
    const Texts& texts = texts_[c];
    if (texts.count == 0) continue;
    found.push_back(fmt::format("{} ({} in {} {}{})", quoted_cell(columns_[c]), quoted_cell(texts.first), unit_,
                                texts.place, texts.count == 1 ? " alone" : fmt::format(", {} cells", texts.count)));
    commas = commas || has_decimal_comma(texts.first);
    colours = colours || std::find(colours_.begin(), colours_.end(), columns_[c]) != colours_.end();
  }
  if (found.empty()) return;
  throw BadInput(fmt::format(
      "Reading the table {}: expected numbers in every column of features, found text in {}: {}. {}{}Say what a "
      "column of text is with --label, --factor or --name, or leave it out with --ignore; mend a cell that should be a "
      "number.",
      file_.string(), found.size() == 1 ? "one" : fmt::format("{} columns", found.size()), some_of(found, 5),
      commas ? "Write decimal points, not commas. " : "",
      colours ? "A column of text that --colour names has to be left out with --ignore, too. " : ""));
}

}  // namespace refract
