#include "refract/eval/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "refract/core/errors.h"
#include "refract/core/nesting.h"

namespace refract {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const MetricTable& table) {
  Json rows = Json::array();
  for (const MetricTable::Row& row : table.rows) {
    Json values = Json::array();
    for (const double value : row.values) values.push_back(std::isfinite(value) ? Json(value) : Json(nullptr));
    rows.push_back({{"name", row.name}, {"values", values}});
  }
  return {{"metric", table.metric},   {"title", table.title}, {"unit", table.unit},
          {"columns", table.columns}, {"rows", rows},         {"protocol", table.protocol}};
}

MetricTable table_of(const Json& json) {
  MetricTable table;
  table.metric = json.at("metric");
  table.title = json.at("title");
  table.unit = json.at("unit");
  table.columns = json.at("columns").get<std::vector<std::string>>();
  for (const Json& row : json.at("rows")) {
    std::vector<double> values;
    for (const Json& value : row.at("values"))
      values.push_back(value.is_null() ? std::numeric_limits<double>::quiet_NaN() : value.get<double>());
    table.rows.push_back({row.at("name"), std::move(values)});
  }
  table.protocol = json.at("protocol");
  return table;
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

std::string to_text(const MetricTable& table) {
  size_t first = 0;
  for (const MetricTable::Row& row : table.rows) first = std::max(first, row.name.size());
  std::string text = fmt::format("{} ({})\n{:<{}}", table.title, table.unit, "", first);
  for (const std::string& column : table.columns) text += fmt::format("  {:>7}", column);
  for (const MetricTable::Row& row : table.rows) {
    text += fmt::format("\n{:<{}}", row.name, first);
    for (size_t i = 0; i < row.values.size(); ++i)
      text += fmt::format("  {:>{}}", value_text(row.values[i]), std::max<size_t>(7, table.columns.at(i).size()));
  }
  return text + "\n" + table.protocol + "\n";
}

}  // namespace refract
