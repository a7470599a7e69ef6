// What becomes of a table's columns.
#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "refract/core/errors.h"
#include "refract/core/text.h"
#include "refract/data/files/table_cells.h"
#include "refract/data/files/table_condition.h"
#include "refract/data/files/table_rows.h"

namespace refract {
namespace {

class ColumnPlanner {
 public:
  ColumnPlanner(const std::vector<std::string>& header, const RawTable& table) : header_(header), table_(table) {
    for (size_t c = 0; c < header.size(); ++c)
      if (const auto [first, is_new] = places_.emplace(header[c], c); !is_new)
        table.refuse(fmt::format("expected each column once, found {} as column {} and as column {}. Rename one.",
                                 quoted_cell(header[c]), first->second + 1, c + 1));
    plan_.slots.assign(header.size(), -1);
    plan_.kept.assign(header.size(), false);
    free_.assign(header.size(), true);
  }

  // `role`: what the column is named for, in a sentence.
  void keep(const std::string& column, const std::string& role) { plan_.kept[taken(column, role)] = true; }

  void keep_beside(const std::string& column, const std::string& role) { plan_.kept[place_of(column, role)] = true; }

  void keep_condition(const std::string& option, const std::string& text) {
    for (const Comparison& comparison : read_condition(option, text).comparisons)
      keep(comparison.column, fmt::format("which the condition '{}' names", text));
  }

  void leave_out(const std::string& column) { taken(column, "which is to be ignored"); }

  void take_features(const std::vector<std::string>& wanted) {
    for (const std::string& column : wanted) take(place_of(column, "which is one of the features"));
    for (size_t c = 0; wanted.empty() && c < header_.size(); ++c)
      if (free_[c]) take(c);
    if (plan_.features.empty())
      table_.refuse("expected columns of features, found that every column is named for something else.");
  }

  ColumnPlan plan() { return std::move(plan_); }

 private:
  size_t place_of(const std::string& column, const std::string& role) const {
    if (const auto found = places_.find(column); found != places_.end()) return found->second;
    const std::string near = nearest(column, header_);
    table_.refuse(fmt::format("there is no column {}, {}.{}", quoted_cell(column), role,
                              near.empty() ? "" : fmt::format(" The nearest is {}.", quoted_cell(near))));
  }

  size_t taken(const std::string& column, const std::string& role) {
    const size_t place = place_of(column, role);
    free_[place] = false;
    return place;
  }

  void take(size_t column) {
    plan_.slots[column] = std::ssize(plan_.features);
    plan_.features.push_back(header_[column]);
  }

  const std::vector<std::string>& header_;
  const RawTable& table_;
  std::unordered_map<std::string, size_t> places_;
  std::vector<bool> free_;  // columns that are features if nothing else is said
  ColumnPlan plan_;
};

}  // namespace

ColumnPlan plan_columns(const TableQuery& query, const std::vector<std::string>& header,
                        const std::string& implied_names, RawTable& table) {
  table.file = query.file;
  table.names_implied = query.name.empty();
  table.names = query.name.empty() ? implied_names : query.name;
  ColumnPlanner planner(header, table);
  if (!implied_names.empty()) planner.leave_out(implied_names);
  if (!table.names.empty()) planner.keep(table.names, "which is to name the rows");
  if (!query.label.empty()) planner.keep(query.label, "which is to be the label");
  for (const std::string& factor : query.factors) planner.keep(factor, "which is to be a factor");
  planner.keep_condition("--reference-where", query.reference_where);
  planner.keep_condition("--unlabelled-where", query.unlabelled_where);
  for (const std::string& column : query.colours) planner.keep_beside(column, "which is to colour the rows");
  for (const std::string& column : query.ignore) planner.leave_out(column);
  planner.take_features(query.columns);
  ColumnPlan plan = planner.plan();
  table.columns = plan.features;
  return plan;
}

}  // namespace refract
