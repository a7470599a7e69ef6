#include "app/study/study_metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace refract {
namespace {

const MetricTable* table_of_metric(const std::vector<MetricTable>& tables, const std::string& metric) {
  const auto at =
      std::find_if(tables.begin(), tables.end(), [&](const MetricTable& table) { return table.metric == metric; });
  return at == tables.end() ? nullptr : &*at;
}

// Its place in the list, the list's length where it is not there.
ptrdiff_t place_in(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) - names.begin();
}

// The number that stands beside the row `name`.
double number_beside(const StudyColumn& column, const MetricTable* other, const std::string& name) {
  constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
  const auto of_row =
      std::find_if(column.rows.begin(), column.rows.end(), [&](const auto& pair) { return pair.first == name; });
  if (other == nullptr || of_row == column.rows.end()) return unknown;
  const ptrdiff_t place = place_in(other->columns, column.column);
  for (const MetricTable::Row& row : other->rows)
    if (row.name == of_row->second && place < std::ssize(row.values)) return row.values[static_cast<size_t>(place)];
  return unknown;
}

}  // namespace

std::vector<std::string> metrics_of(const Study& study) {
  std::vector<std::string> names = {study.metric};
  for (const StudyColumn& column : study.beside)
    if (place_in(names, column.metric) == std::ssize(names)) names.push_back(column.metric);
  return names;
}

MetricTable with_columns(const Study& study, MetricTable own, const std::vector<MetricTable>& others) {
  for (MetricTable::Row& row : own.rows) row.spreads.clear();
  for (const StudyColumn& column : study.beside) {
    const MetricTable* other = table_of_metric(others, column.metric);
    const ptrdiff_t before = place_in(own.columns, column.after);
    const ptrdiff_t place = before == std::ssize(own.columns) ? 0 : before + 1;
    own.columns.insert(own.columns.begin() + place, column.title);
    for (MetricTable::Row& row : own.rows)
      row.values.insert(row.values.begin() + place, number_beside(column, other, row.name));
    if (other != nullptr) own.protocol += fmt::format(" {}: {}", column.title, other->protocol);
  }
  return own;
}

std::optional<MetricTable> joined_table(const Study& study, const std::vector<MetricTable>& tables) {
  for (const std::string& name : metrics_of(study))
    if (table_of_metric(tables, name) == nullptr) return std::nullopt;
  return with_columns(study, *table_of_metric(tables, study.metric), tables);
}

}  // namespace refract
