#include "refract/eval/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <numeric>

#include "refract/core/errors.h"
#include "refract/core/nesting.h"
#include "refract/core/text.h"

namespace refract {
namespace {

using Json = nlohmann::ordered_json;

constexpr size_t kWidest = 100;  // of a table for people, before spreads are left out

Json json_of(const std::vector<double>& values) {
  Json list = Json::array();
  for (const double value : values) list.push_back(std::isfinite(value) ? Json(value) : Json(nullptr));
  return list;
}

std::vector<double> values_of(const Json& list) {
  std::vector<double> values;
  for (const Json& value : list)
    values.push_back(value.is_null() ? std::numeric_limits<double>::quiet_NaN() : value.get<double>());
  return values;
}

Json json_of(const MetricTable& table) {
  Json rows = Json::array();
  for (const MetricTable::Row& row : table.rows) {
    rows.push_back({{"name", row.name}, {"values", json_of(row.values)}});
    if (!row.spreads.empty()) rows.back()["spreads"] = json_of(row.spreads);
  }
  Json json = {{"metric", table.metric},   {"title", table.title}, {"unit", table.unit},
               {"columns", table.columns}, {"rows", rows},         {"protocol", table.protocol}};
  if (!table.note.empty()) json["note"] = table.note;
  if (!table.judge.empty()) json["judge"] = table.judge;
  return json;
}

MetricTable table_of(const Json& json) {
  MetricTable table;
  table.metric = json.at("metric");
  table.title = json.at("title");
  table.unit = json.at("unit");
  table.columns = json.at("columns").get<std::vector<std::string>>();
  for (const Json& row : json.at("rows"))
    table.rows.push_back({row.at("name"), values_of(row.at("values")), values_of(row.value("spreads", Json::array()))});
  table.protocol = json.at("protocol");
  table.note = json.value("note", "");
  table.judge = json.value("judge", "");
  return table;
}

using Cells = std::vector<std::vector<std::string>>;

// A heading and a line for each row; spreads stand in all columns, or in the last alone, which sums up.
Cells cells_of(const MetricTable& table, bool all_spreads) {
  Cells cells = {{""}};
  cells[0].insert(cells[0].end(), table.columns.begin(), table.columns.end());
  for (const MetricTable::Row& row : table.rows) {
    cells.push_back({row.name});
    for (size_t i = 0; i < row.values.size(); ++i)
      cells.back().push_back(all_spreads || i + 1 == row.values.size() ? value_text(row, i)
                                                                       : value_text(row.values[i]));
  }
  return cells;
}

std::vector<size_t> widths_of(const Cells& cells) {
  std::vector<size_t> widths;
  for (const auto& line : cells)
    for (size_t i = 0; i < line.size(); ++i) {
      if (i == widths.size()) widths.push_back(i == 0 ? 0 : 7);
      widths[i] = std::max(widths[i], from_utf8(line[i]).size());
    }
  return widths;
}

std::string laid_out(const Cells& cells) {
  const std::vector<size_t> widths = widths_of(cells);
  std::string text;
  for (const auto& line : cells) {
    text += fmt::format("\n{:<{}}", line[0], widths[0]);
    for (size_t i = 1; i < line.size(); ++i) text += fmt::format("  {:>{}}", line[i], widths[i]);
  }
  return text;
}

}  // namespace

std::string to_json(const std::vector<MetricTable>& tables, int64_t step) {
  Json list = Json::array();
  for (const MetricTable& table : tables) list.push_back(json_of(table));
  return Json{{"step", step}, {"tables", list}}.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Evaluation evaluation_from_json(std::string_view text, const std::string& origin) {
  check_json_bounds(text, origin);
  try {
    const Json json = Json::parse(text);
    Evaluation evaluation{json.at("step"), {}};
    for (const Json& table : json.at("tables")) evaluation.tables.push_back(table_of(table));
    return evaluation;
  } catch (const Json::exception& error) {
    throw BadInput(
        fmt::format("Reading {}: expected the JSON that `refract evaluate` writes, found: {}. Run `refract "
                    "evaluate` again to replace it.",
                    origin, error.what()));
  }
}

std::string value_text(double value) {
  return std::isfinite(value) ? fmt::format("{:.3f}", value) : "-";
}

std::string value_text(const MetricTable::Row& row, size_t column) {
  const std::string value = value_text(row.values.at(column));
  const bool known = column < row.spreads.size() && std::isfinite(row.spreads[column]);
  return known ? fmt::format("{} ± {}", value, value_text(row.spreads[column])) : value;
}

std::string to_text(const MetricTable& table) {
  Cells cells = cells_of(table, true);
  const std::vector<size_t> widths = widths_of(cells);
  if (std::accumulate(widths.begin(), widths.end(), 2 * (widths.size() - 1)) > kWidest) cells = cells_of(table, false);
  return fmt::format("{} ({}){}\n{}\n{}", table.title, table.unit, laid_out(cells), table.protocol,
                     table.note.empty() ? "" : table.note + "\n");
}

}  // namespace refract
