#include "app/study/study_metrics.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <limits>

namespace refract {
namespace {

constexpr double kUnknownNumber = std::numeric_limits<double>::quiet_NaN();

// Its place in the list, the list's length where it is not there.
ptrdiff_t place_in(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) - names.begin();
}

// The number that stands beside the row `name`.
double number_beside(const StudyColumn& column, const MetricTable* other, const std::string& name) {
  const auto of_row =
      std::find_if(column.rows.begin(), column.rows.end(), [&](const auto& pair) { return pair.first == name; });
  if (other == nullptr || of_row == column.rows.end()) return kUnknownNumber;
  const ptrdiff_t place = place_in(other->columns, column.column);
  for (const MetricTable::Row& row : other->rows)
    if (row.name == of_row->second && place < std::ssize(row.values)) return row.values[static_cast<size_t>(place)];
  return kUnknownNumber;
}

const MetricTable::Row* row_named(const MetricTable& table, const std::string& name) {
  const auto at = std::find_if(table.rows.begin(), table.rows.end(), [&](const auto& row) { return row.name == name; });
  return at == table.rows.end() ? nullptr : &*at;
}

// Those that only other metrics have, without numbers.
void add_rows_of_others(const Study& study, const std::vector<MetricTable>& tables, MetricTable& own) {
  for (const StudyColumn& column : study.beside) {
    const MetricTable* other = table_of_metric(tables, column.metric);
    if (other == nullptr) continue;
    for (const auto& [name, its] : column.rows)
      if (row_named(own, name) == nullptr && row_named(*other, its) != nullptr)
        own.rows.push_back({name, std::vector<double>(own.columns.size(), kUnknownNumber)});
  }
}

void add_column(const StudyColumn& column, const MetricTable* other, MetricTable& own) {
  const ptrdiff_t before = place_in(own.columns, column.after);
  const ptrdiff_t place = before == std::ssize(own.columns) ? 0 : before + 1;
  own.columns.insert(own.columns.begin() + place, column.title);
  for (MetricTable::Row& row : own.rows)
    row.values.insert(row.values.begin() + place, number_beside(column, other, row.name));
}

// Metrics of samples end alike: with how these were made.
std::string without_common_end(const std::string& text, const std::string& said) {
  const auto [differs, _] = std::mismatch(text.rbegin(), text.rend(), said.rbegin(), said.rend());
  const size_t first_whole = text.find(". ", static_cast<size_t>(text.rend() - differs));
  return first_whole == std::string::npos ? text : text.substr(0, first_whole + 1);
}

// "FID, FID within classes" of the metric `fid`.
std::string titles_of(const Study& study, const std::string& metric) {
  std::vector<std::string> titles;
  for (const StudyColumn& column : study.beside)
    if (column.metric == metric) titles.push_back(column.title);
  return fmt::format("{}", fmt::join(titles, ", "));
}

}  // namespace

std::vector<std::string> rows_read(const Study& study, const StudyRow& row) {
  std::vector<std::string> rows = {row.features};
  for (const OtherFeatures& other : study.other_features)
    if (other.key == row.key) rows.push_back(other.features);
  return rows;
}

std::vector<std::string> metrics_of(const Study& study, const std::vector<std::string>& rows) {
  std::vector<std::string> names = {study.metric};
  const auto is_read = [&](const auto& pair) { return place_in(rows, pair.first) < std::ssize(rows); };
  for (const StudyColumn& column : study.beside)
    if (place_in(names, column.metric) == std::ssize(names) &&
        std::any_of(column.rows.begin(), column.rows.end(), is_read))
      names.push_back(column.metric);
  return names;
}

const MetricTable* table_of_metric(const std::vector<MetricTable>& tables, const std::string& metric) {
  const auto at =
      std::find_if(tables.begin(), tables.end(), [&](const MetricTable& table) { return table.metric == metric; });
  return at == tables.end() ? nullptr : &*at;
}

MetricTable joined_table(const Study& study, const std::vector<MetricTable>& tables) {
  MetricTable own = *table_of_metric(tables, study.metric);
  const std::string said = own.protocol;
  for (MetricTable::Row& row : own.rows) row.spreads.clear();
  add_rows_of_others(study, tables, own);
  std::vector<std::string> told = {study.metric};
  for (const StudyColumn& column : study.beside) {
    const MetricTable* other = table_of_metric(tables, column.metric);
    add_column(column, other, own);
    if (other == nullptr || place_in(told, column.metric) < std::ssize(told)) continue;
    told.push_back(column.metric);
    own.protocol += fmt::format(" {}: {}", titles_of(study, column.metric), without_common_end(other->protocol, said));
  }
  return own;
}

}  // namespace refract
