#include "refract/data/files/table_rows.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <iterator>
#include <limits>
#include <unordered_map>
#include <utility>

#include "refract/core/errors.h"
#include "refract/data/files/table_cells.h"
#include "refract/data/files/table_condition.h"
#include "refract/data/files/table_gaps.h"

namespace refract {
namespace {

using Flags = std::vector<bool>;

struct RowSets {
  Flags reference, unlabelled;  // [N]
};

size_t flagged(const Flags& rows) {
  return static_cast<size_t>(std::count(rows.begin(), rows.end(), true));
}

Flags in_either(const RowSets& sets) {
  Flags rows = sets.reference;
  for (size_t i = 0; i < rows.size(); ++i) rows[i] = rows[i] || sets.unlabelled[i];
  return rows;
}

void check_rows(const RawTable& table, const TableQuery& query) {
  if (table.rows() == 0) table.refuse("expected rows below the header, found none.");
  if (table.rows() == 1 && query.columns.empty())
    table.refuse("expected two rows or more, found one. Nothing can be learnt from a single example.");
}

void refuse_overlap(const RawTable& table, const TableQuery& query, size_t both) {
  table.refuse(fmt::format(
      "expected each row in one set, found {} of {} rows that meet both --reference-where '{}' and --unlabelled-where "
      "'{}'. Narrow one of the two, or leave out --unlabelled-where to take all other rows.",
      both, table.rows(), query.reference_where, query.unlabelled_where));
}

RowSets row_sets(RawTable& table, const TableQuery& query) {
  const size_t rows = table.rows();
  RowSets sets{Flags(rows, false), Flags(rows, true)};
  const auto met = [&](const char* option, const std::string& text) {
    return rows_meeting(read_condition(option, text), table);
  };
  if (!query.reference_where.empty()) sets.reference = met("--reference-where", query.reference_where);
  if (!query.unlabelled_where.empty())
    sets.unlabelled = met("--unlabelled-where", query.unlabelled_where);
  else
    std::transform(sets.reference.begin(), sets.reference.end(), sets.unlabelled.begin(), std::logical_not<>());
  size_t both = 0;
  for (size_t i = 0; i < rows; ++i) both += sets.reference[i] && sets.unlabelled[i] ? 1 : 0;
  if (both > 0 && !query.overlap) refuse_overlap(table, query, both);
  return sets;
}

void check_sets(RawTable& table, const TableQuery& query, const RowSets& sets) {
  if (flagged(sets.unlabelled) == 0)
    table.refuse(
        fmt::format("every row meets --reference-where '{}', so that no row is left that is not of the reference "
                    "set. Narrow the condition.",
                    query.reference_where));
}

void keep_in_sets(RawTable& table, RowSets& sets, const Flags& keep) {
  keep_rows(table, keep);
  keep_rows(sets.reference, keep);
  keep_rows(sets.unlabelled, keep);
}

void leave_out_rows_of_no_set(RawTable& table, RowSets& sets) {
  const Flags keep = in_either(sets);
  const size_t outside = table.rows() - flagged(keep);
  if (outside == 0) return;
  table.notes.push_back(
      fmt::format("{} of {} rows meet neither condition: nothing is learnt from them.", outside, table.rows()));
  keep_in_sets(table, sets, keep);
}

void drop_rows(RawTable& table, const TableQuery& query, RowSets& sets) {
  Flags keep = rows_to_drop(table, query, sets.unlabelled);
  if (keep.empty()) return;
  const bool had_reference = flagged(sets.reference) > 0;
  keep.flip();
  keep_in_sets(table, sets, keep);
  if (flagged(sets.unlabelled) == 0 || (had_reference && flagged(sets.reference) == 0))
    table.refuse(
        fmt::format("without the rows that lack a value, the {} set has none. Leave out the columns concerned "
                    "with --ignore, or give --missing mean.",
                    flagged(sets.unlabelled) == 0 ? "unlabelled" : "reference"));
}

// Which columns have more than one value in these rows.
Flags varying_columns(const RawTable& table, const Flags& rows) {
  const size_t width = table.columns.size();
  const auto first = static_cast<size_t>(std::find(rows.begin(), rows.end(), true) - rows.begin());
  std::vector<char> varying(width, 0);
  for (size_t i = first; i < table.rows(); ++i)
    for (size_t k = 0; rows[i] && k < width; ++k)
      if (table.values[i * width + k] != table.values[first * width + k]) varying[k] = 1;
  return {varying.begin(), varying.end()};
}

void leave_out_constants(RawTable& table, const Flags& varying) {
  const size_t width = table.columns.size();
  std::vector<std::string> left_out, kept;
  for (size_t k = 0; k < width; ++k) (varying[k] ? kept : left_out).push_back(table.columns[k]);
  if (left_out.empty()) return;
  if (kept.empty())
    table.refuse("every column of features has one value in all rows. Nothing can be learnt from them.");
  for (std::string& name : left_out) name = quoted_cell(name);
  table.notes.push_back(fmt::format("{} of {} columns of features have one value in all rows and were left out: {}.",
                                    left_out.size(), width, some_of(left_out, 5)));
  size_t to = 0;
  for (size_t row = 0; row < table.values.size(); row += width)
    for (size_t k = 0; k < width; ++k)
      if (varying[k]) table.values[to++] = table.values[row + k];
  table.values.resize(to);
  table.columns = std::move(kept);
}

// Why the cells cannot name the rows; "" where they can.
std::string objection_to_names(const RawTable& table) {
  const std::vector<std::string>& names = table.texts.at(table.names);
  std::unordered_map<std::string_view, size_t> known;
  for (size_t i = 0; i < names.size(); ++i) {
    if (names[i].empty()) return fmt::format("none in {}", table.place(i));
    const auto [first, is_new] = known.emplace(names[i], i);
    if (!is_new)
      return fmt::format("{} in {} and in {}", quoted_cell(names[i]), table.place(first->second), table.place(i));
  }
  return "";
}

std::vector<std::string> names_of(RawTable& table) {
  if (table.names.empty()) return {};
  const std::string objection = objection_to_names(table);
  if (objection.empty()) return table.texts.at(table.names);
  if (!table.names_implied)
    table.refuse(
        fmt::format("expected a name of its own for each row in column {}, found {}. Name another column with "
                    "--name, or none.",
                    quoted_cell(table.names), objection));
  table.notes.push_back(fmt::format("Rows are not named: {} has {}.", table.names, objection));
  return {};
}

std::vector<std::string> different_texts(std::vector<std::string> cells) {
  std::sort(cells.begin(), cells.end());
  cells.erase(std::unique(cells.begin(), cells.end()), cells.end());
  return cells;
}

// Names of rows are no label and no factor. `why` it counts as text.
void expect_few(const RawTable& table, const std::string& column, const std::string& role, size_t count,
                const std::string& why) {
  if (count <= most_table_texts) return;
  table.refuse(fmt::format(
      "expected at most {} different values in the {} {}, found {}{}. If the column names the rows, give it "
      "with --name; if it is neither, leave it out with --ignore.",
      most_table_texts, role, quoted_cell(column), count, why));
}

// The column as numbers, or as the places of its texts among all different ones; NaN where a cell is neither.
TableFactor column_values(const RawTable& table, const std::string& column, const std::string& role) {
  const std::vector<std::string>& cells = table.texts.at(column);
  TableFactor read{column, {}, {}};
  const auto text = std::find_if(cells.begin(), cells.end(),
                                 [](const std::string& cell) { return number_cell(cell).kind == CellKind::text; });
  if (text != cells.end()) {
    std::copy_if(cells.begin(), cells.end(), std::back_inserter(read.value_names), std::not_fn(is_missing));
    read.value_names = different_texts(std::move(read.value_names));
    const std::string place = table.place(static_cast<size_t>(text - cells.begin()));
    expect_few(table, column, role, read.value_names.size(),
               fmt::format("; it is text, as {} in {}", quoted_cell(*text), place));
  }
  constexpr double none = std::numeric_limits<double>::quiet_NaN();
  const std::vector<std::string>& names = read.value_names;
  for (const std::string& cell : cells) {
    const auto name = std::lower_bound(names.begin(), names.end(), cell);
    const NumberCell number = number_cell(cell);
    if (names.empty())
      read.values.push_back(number.kind == CellKind::number ? number.value : none);
    else
      read.values.push_back(name != names.end() && *name == cell ? static_cast<double>(name - names.begin()) : none);
  }
  return read;
}

TableFactor factor_of(RawTable& table, const std::string& column) {
  TableFactor factor = column_values(table, column, "factor");
  const auto other = std::find_if(factor.values.begin(), factor.values.end(), [](double x) { return std::isnan(x); });
  if (other != factor.values.end()) {
    const auto row = static_cast<size_t>(other - factor.values.begin());
    table.refuse(fmt::format("expected finite numbers of at most 3.4e38, or text, in the factor {}, found {} in {}.",
                             quoted_cell(column), quoted_cell(table.texts.at(column)[row]), table.place(row)));
  }
  if (factor.value_names.empty()) return factor;
  std::vector<std::string> shown;
  for (const std::string& name : factor.value_names) shown.push_back(quoted_cell(name));
  table.notes.push_back(fmt::format("The factor {} is text; its {} values count as 0, 1, 2, ... in this order: {}.",
                                    quoted_cell(column), shown.size(), some_of(shown, 5)));
  return factor;
}

std::vector<std::string> label_cells(const RawTable& table, const std::string& column, const Flags& unlabelled) {
  const std::vector<std::string>& cells = table.texts.at(column);
  std::vector<std::string> of_classes;
  for (size_t i = 0; i < cells.size(); ++i)
    if (unlabelled[i]) of_classes.push_back(cells[i]);
  expect_few(table, column, "label", different_texts(std::move(of_classes)).size(), "");
  return cells;
}

}  // namespace

std::string RawTable::place(size_t row) const {
  return fmt::format("{} {}", unit, places.at(row));
}

void RawTable::refuse(const std::string& why) const {
  throw BadInput(fmt::format("Reading the table {}: {}", file.string(), why));
}

Table table_of(RawTable raw, const TableQuery& query) {
  check_rows(raw, query);
  RowSets sets = row_sets(raw, query);
  check_sets(raw, query, sets);
  leave_out_rows_of_no_set(raw, sets);
  drop_rows(raw, query, sets);
  check_rows(raw, query);
  const Flags learnt_from = in_either(sets);
  fill_gaps(raw, query, column_means(raw, learnt_from), learnt_from);
  if (query.columns.empty()) leave_out_constants(raw, varying_columns(raw, learnt_from));

  Table table;
  table.means = column_means(raw, learnt_from);
  table.names = names_of(raw);
  for (size_t i = 0; i < raw.rows(); ++i) table.places.push_back(raw.place(i));
  if (!query.label.empty()) table.labels = label_cells(raw, query.label, sets.unlabelled);
  for (const std::string& factor : query.factors) table.factors.push_back(factor_of(raw, factor));
  for (const std::string& column : query.colours)
    table.colours.push_back(column_values(raw, column, "column to colour by,"));
  table.in_reference = std::move(sets.reference);
  table.in_unlabelled = std::move(sets.unlabelled);
  table.columns = std::move(raw.columns);
  table.values = std::move(raw.values);
  table.sha256 = std::move(raw.sha256);
  table.notes = std::move(raw.notes);
  return table;
}

}  // namespace refract
