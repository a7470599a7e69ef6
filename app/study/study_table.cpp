#include "app/study/study_table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "app/cli/terminal.h"
#include "app/study/study_bounds.h"
#include "refract/eval/table.h"

namespace refract {
namespace {

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

const std::vector<double>* values_of(const MetricTable& table, const std::string& name) {
  for (const MetricTable::Row& row : table.rows)
    if (row.name == name) return &row.values;
  return nullptr;
}

std::vector<MetricTable> tables_of(const StudyPlan& plan, size_t row, double value) {
  std::vector<MetricTable> tables;
  for (int64_t seed = 1; seed <= plan.seeds; ++seed)
    if (auto table = finished_table(plan, plan.job(row, value, seed))) tables.push_back(std::move(*table));
  return tables;
}

StudyTable::Row row_of(const std::string& name, const std::vector<MetricTable>& tables, const std::string& features) {
  StudyTable::Row row;
  row.name = name;
  std::vector<std::vector<double>> of_seeds;
  for (const MetricTable& table : tables)
    if (const auto* values = values_of(table, features)) of_seeds.push_back(*values);
  if (!of_seeds.empty()) summarise(of_seeds, row);
  return row;
}

// "KEY/BLOCK", as the study names it.
bool names(const std::string& other, const StudyRow& row) {
  return other.rfind(row.key + "/", 0) == 0;
}

std::string cell(const StudyTable::Row& row, size_t column) {
  const std::string mean = value_text(row.means[column]);
  return row.deviations.empty() ? mean : fmt::format("{} ± {}", mean, value_text(row.deviations[column]));
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
  std::vector<StudyTable::Row> others;
  std::vector<MetricTable> any;
  for (size_t i = 0; i < plan.study.rows.size(); ++i) {
    const StudyRow& row = plan.study.rows[i];
    if (!plan.includes(row)) continue;
    const std::vector<MetricTable> tables = tables_of(plan, i, chosen.at(i));
    if (tables.empty()) continue;
    table.rows.push_back(row_of(row.name, tables, row.features));
    table.rows.back().value = chosen.at(i);
    table.rows.back().paper = row.paper;
    any = tables;
    for (const std::string& other : plan.study.other_features)
      if (names(other, row)) {
        const std::string block = other.substr(row.key.size() + 1);
        others.push_back(row_of(fmt::format("{} of {}", block, row.name), tables, block));
      }
  }
  table.rows.insert(table.rows.end(), others.begin(), others.end());
  if (any.empty()) return table;
  table.columns = any.front().columns;
  table.protocol = any.front().protocol;
  if (plan.data && !plan.data->note.empty()) table.protocol += " " + plan.data->note;
  for (const StudyBound& bound : study_bounds(plan))
    table.rows.push_back(row_of(bound.name, {bound.table}, bound.features));
  for (const char* bound : {"predict the mean", "chance", "noise", "other held-out examples"})
    if (values_of(any.front(), bound) != nullptr) table.rows.push_back(row_of(bound, {any.front()}, bound));
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
