#include "app/study/study_table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "app/cli/terminal.h"
#include "app/study/study_bounds.h"
#include "app/study/study_metrics.h"
#include "refract/eval/table.h"

namespace refract {
namespace {

// Rows of metrics' tables that no code has a part in.
constexpr std::array bounds_in_tables = {"predict the mean", "chance",       "noise", "uniform chance",
                                         "majority chance",  "images",       "rows",  "other held-out examples",
                                         "mean image",       "nearest image"};

// Mean and spread over the values of each column.
void summarise(const std::vector<std::vector<double>>& of_seeds, StudyTable::Row& row) {
  const auto n = static_cast<double>(of_seeds.size());
  row.seeds = static_cast<int64_t>(of_seeds.size());
  for (size_t column = 0; column < of_seeds.front().size(); ++column) {
    double sum = 0;
    for (const auto& values : of_seeds) sum += values.at(column);
    row.means.push_back(sum / n);
    if (of_seeds.size() < 2) continue;
    double squares = 0;
    for (const auto& values : of_seeds) squares += std::pow(values.at(column) - sum / n, 2);
    row.deviations.push_back(std::sqrt(squares / (n - 1)));
  }
}

using Names = std::vector<std::string>;

bool has_row(const MetricTable& table, const std::string& name) {
  return std::any_of(table.rows.begin(), table.rows.end(), [&](const auto& row) { return row.name == name; });
}

// The row's number in the column; NaN where the table has no such column.
double value_at(const MetricTable& table, const MetricTable::Row& row, const std::string& column) {
  const auto at = std::find(table.columns.begin(), table.columns.end(), column);
  if (at == table.columns.end()) return std::numeric_limits<double>::quiet_NaN();
  return row.values.at(static_cast<size_t>(at - table.columns.begin()));
}

std::vector<MetricTable> tables_of(const StudyPlan& plan, size_t row, double value) {
  std::vector<MetricTable> tables;
  for (int64_t seed = 1; seed <= plan.seeds; ++seed)
    if (auto table = finished_table(plan, plan.job(row, value, seed))) tables.push_back(std::move(*table));
  return tables;
}

StudyTable::Row row_of(const std::string& name, const std::vector<MetricTable>& tables, const std::string& features,
                       const Names& columns) {
  StudyTable::Row row;
  row.name = name;
  std::vector<std::vector<double>> of_seeds;
  for (const MetricTable& table : tables)
    for (const MetricTable::Row& measured : table.rows) {
      if (measured.name != features) continue;
      std::vector<double>& values = of_seeds.emplace_back();
      for (const std::string& column : columns) values.push_back(value_at(table, measured, column));
    }
  if (of_seeds.empty())
    row.means.assign(columns.size(), std::numeric_limits<double>::quiet_NaN());
  else
    summarise(of_seeds, row);
  return row;
}

struct Measured {
  const StudyRow* row;
  double value;                     // chosen from its sweep
  std::vector<MetricTable> tables;  // of its seeds
};

std::vector<Measured> measured_rows(const StudyPlan& plan, const std::vector<double>& chosen) {
  std::vector<Measured> all;
  for (size_t i = 0; i < plan.study.rows.size(); ++i) {
    if (!plan.includes(plan.study.rows[i])) continue;
    std::vector<MetricTable> tables = tables_of(plan, i, chosen.at(i));
    if (!tables.empty()) all.push_back({&plan.study.rows[i], chosen.at(i), std::move(tables)});
  }
  return all;
}

// Some methods have columns that others do not have: a model that tells no KL has none in `leak`.
Names widest_columns(const std::vector<Measured>& all) {
  Names widest;
  for (const Measured& row : all)
    if (row.tables.front().columns.size() > widest.size()) widest = row.tables.front().columns;
  return widest;
}

std::string cell(const StudyTable::Row& row, size_t column) {
  const std::string mean = value_text(row.means[column]);
  return row.deviations.empty() || std::isnan(row.means[column])
             ? mean
             : fmt::format("{} ± {}", mean, value_text(row.deviations[column]));
}

std::string title_of(const StudyTable::Row& row) {
  return row.value == 0 ? row.name : fmt::format("{} ({})", row.name, row.value);
}

std::vector<std::vector<std::string>> cells(const StudyTable& table) {
  std::vector<std::vector<std::string>> rows = {{"method"}};
  rows[0].insert(rows[0].end(), table.columns.begin(), table.columns.end());
  rows[0].insert(rows[0].end(), {"paper", "seeds"});
  for (const StudyTable::Row& row : table.rows) {
    rows.push_back({title_of(row)});
    for (size_t column = 0; column < table.columns.size(); ++column) rows.back().push_back(cell(row, column));
    rows.back().push_back(row.paper.empty() ? "" : value_text(row.paper.back()));
    rows.back().push_back(std::to_string(row.seeds));
  }
  return rows;
}

}  // namespace

StudyTable study_table(const StudyPlan& plan, const std::vector<double>& chosen) {
  StudyTable table;
  table.title = fmt::format("{} ({})", plan.study.summary, plan.study.source);
  table.unit = plan.study.unit;
  const std::vector<Measured> all = measured_rows(plan, chosen);
  if (all.empty()) return table;
  table.columns = widest_columns(all);
  for (const auto& [row, value, tables] : all) {
    table.rows.push_back(row_of(row->name, tables, row->features, table.columns));
    table.rows.back().value = value;
    table.rows.back().paper = row->paper;
  }
  for (const auto& [row, value, tables] : all)
    for (const OtherFeatures& other : plan.study.other_features) {
      if (other.key != row->key) continue;
      const std::string name = fmt::format("{} of {}", other.features, row->name);
      table.rows.push_back(row_of(name, tables, other.features, table.columns));
      table.rows.back().paper = other.paper;
    }
  const MetricTable& any = all.back().tables.front();
  table.protocol = any.protocol;
  if (plan.data && !plan.data->note.empty()) table.protocol += " " + plan.data->note;
  for (const StudyBound& bound : study_bounds(plan))
    table.rows.push_back(
        row_of(bound.name, {with_columns(plan.study, bound.table, {})}, bound.features, table.columns));
  for (const char* bound : bounds_in_tables)
    if (has_row(any, bound)) table.rows.push_back(row_of(bound, {any}, bound, table.columns));
  return table;
}

std::string to_text(const StudyTable& table) {
  return fmt::format("{}\n{}\n{}", table.title, table.unit,
                     in_blocks(table_text(cells(table), 1000), output_width(200)));
}

std::string to_markdown(const StudyTable& table) {
  std::string text = fmt::format("{}; {}.\n\n", table.title, table.unit);
  bool heading = true;
  for (const std::vector<std::string>& row : cells(table)) {
    text += fmt::format("| {} |\n", fmt::join(row, " | "));
    if (heading) text += "|";
    for (size_t i = 0; heading && i < row.size(); ++i) text += i + 1 < row.size() ? "---|" : "---|\n";
    heading = false;
  }
  return text +
         "\nMeans over seeds ± sample standard deviations. Brackets show the weight chosen on the fitting split with "
         "seed 1. " +
         table.protocol + "\n";
}

Json to_json(const StudyTable& table) {
  Json rows = Json::array();
  for (const StudyTable::Row& row : table.rows) {
    Json json = {{"name", row.name}, {"seeds", row.seeds}, {"means", row.means}};
    if (!row.deviations.empty()) json["deviations"] = row.deviations;
    if (!row.paper.empty()) json["paper"] = row.paper;
    if (row.value != 0) json["value"] = row.value;
    rows.push_back(std::move(json));
  }
  return {{"title", table.title},
          {"unit", table.unit},
          {"columns", table.columns},
          {"rows", rows},
          {"protocol", table.protocol}};
}

}  // namespace refract
