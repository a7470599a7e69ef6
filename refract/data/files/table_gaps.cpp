#include "refract/data/files/table_gaps.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <utility>

#include "refract/core/errors.h"
#include "refract/data/files/table_cells.h"

namespace refract {
namespace {

// Rows of `width` entries.
template <class T>
void keep_of(std::vector<T>& entries, const std::vector<bool>& keep, size_t width = 1) {
  size_t to = 0;
  for (size_t i = 0; i < keep.size(); ++i)
    for (size_t k = 0; keep[i] && k < width; ++k) {
      if (to != i * width + k) entries[to] = std::move(entries[i * width + k]);
      ++to;
    }
  entries.resize(to);
}

struct Gaps {
  std::vector<bool> rows;                // [N]: whether it has one
  std::map<std::string, size_t> counts;  // by column
  size_t cells = 0;
  size_t row = 0;  // of the first
  std::string column;

  void add(size_t at, const std::string& name) {
    if (cells == 0 || at < row) {
      row = at;
      column = name;
    }
    rows[at] = true;
    ++counts[name];
    ++cells;
  }

  // The column with most of them.
  [[nodiscard]] std::pair<std::string, size_t> most() const {
    return *std::max_element(counts.begin(), counts.end(),
                             [](const auto& a, const auto& b) { return a.second < b.second; });
  }
};

void add_feature_gaps(const RawTable& table, Gaps& gaps) {
  const size_t width = table.columns.size();
  for (size_t i = 0; i < table.rows(); ++i)
    for (size_t k = 0; k < width; ++k)
      if (std::isnan(table.values[i * width + k])) gaps.add(i, table.columns[k]);
}

void add_text_gaps(const RawTable& table, const std::string& column, Gaps& gaps, const std::vector<bool>& rows) {
  const std::vector<std::string>& cells = table.texts.at(column);
  for (size_t i = 0; i < cells.size(); ++i)
    if (rows[i] && is_missing(cells[i])) gaps.add(i, column);
}

void refuse_gaps(const RawTable& table, const Gaps& gaps, const std::string& advice) {
  table.refuse(fmt::format("expected a value in every cell, found {} without one, the first in {}, column {}. {}",
                           gaps.cells, table.place(gaps.row), quoted_cell(gaps.column), advice));
}

}  // namespace

void keep_rows(RawTable& table, const std::vector<bool>& keep) {
  keep_of(table.values, keep, table.columns.size());
  for (auto& [column, cells] : table.texts) keep_of(cells, keep);
  keep_of(table.places, keep);
}

void keep_rows(std::vector<bool>& flags, const std::vector<bool>& keep) {
  std::vector<bool> kept;
  for (size_t i = 0; i < keep.size(); ++i)
    if (keep[i]) kept.push_back(flags[i]);
  flags = std::move(kept);
}

std::vector<bool> rows_to_drop(RawTable& table, const TableQuery& query, const std::vector<bool>& unlabelled) {
  Gaps gaps{std::vector<bool>(table.rows(), false), {}, 0, 0, ""};
  for (const std::string& factor : query.factors)
    add_text_gaps(table, factor, gaps, std::vector<bool>(table.rows(), true));
  if (!query.label.empty()) add_text_gaps(table, query.label, gaps, unlabelled);
  if (query.missing != MissingPolicy::drop && gaps.cells > 0)
    refuse_gaps(table, gaps, "A label or factor has no mean: give --missing drop, or do not name the column as one.");
  if (query.missing == MissingPolicy::mean) return {};
  add_feature_gaps(table, gaps);
  if (gaps.cells == 0) return {};
  if (query.missing == MissingPolicy::refuse)
    refuse_gaps(table, gaps,
                query.columns.empty()
                    ? "Give --missing mean to put the mean of the column there, --missing drop to leave out such rows, "
                      "or --ignore to leave out the column."
                    : "Fill these cells, or leave out the rows.");
  const auto [column, count] = gaps.most();
  const auto dropped = std::count(gaps.rows.begin(), gaps.rows.end(), true);
  const std::string most = fmt::format("{} in column {}", count, quoted_cell(column));
  if (dropped == std::ssize(table.places))
    table.refuse(
        fmt::format("every row has a cell without a value ({}), so that --missing drop would leave no row. Leave "
                    "out columns with --ignore, or give --missing mean.",
                    most));
  table.notes.push_back(
      fmt::format("{} of {} rows were dropped: they have cells without a value, {}.", dropped, table.rows(), most));
  return gaps.rows;
}

std::vector<float> column_means(const RawTable& table, const std::vector<bool>& in_a_set) {
  const size_t width = table.columns.size();
  std::vector<double> sums(width, 0);
  std::vector<int64_t> counts(width, 0);
  for (size_t i = 0; i < table.rows(); ++i)
    for (size_t k = 0; in_a_set[i] && k < width; ++k) {
      const float value = table.values[i * width + k];
      sums[k] += std::isnan(value) ? 0 : value;
      counts[k] += std::isnan(value) ? 0 : 1;
    }
  std::vector<float> means;
  for (size_t k = 0; k < width; ++k)
    means.push_back(static_cast<float>(sums[k] / static_cast<double>(std::max<int64_t>(counts[k], 1))));
  return means;
}

void fill_gaps(RawTable& table, const TableQuery& query, const std::vector<float>& means,
               const std::vector<bool>& in_a_set) {
  const size_t width = table.columns.size();
  std::vector<int64_t> filled(width, 0), known(width, 0);
  for (size_t i = 0; i < table.rows(); ++i)
    for (size_t k = 0; k < width; ++k) {
      float& value = table.values[i * width + k];
      const bool gap = std::isnan(value);
      filled[k] += gap ? 1 : 0;
      known[k] += !gap && in_a_set[i] ? 1 : 0;
      if (gap) value = query.fill.empty() ? means[k] : query.fill.at(k);
    }
  int64_t cells = 0, columns = 0;
  for (size_t k = 0; k < width; ++k) {
    if (filled[k] > 0 && known[k] == 0 && query.fill.empty())
      table.refuse(
          fmt::format("the column {} has no value in any row of the sets, and so no mean. Leave it out with "
                      "--ignore.",
                      quoted_cell(table.columns[k])));
    cells += filled[k];
    columns += filled[k] > 0 ? 1 : 0;
  }
  if (cells > 0)
    table.notes.push_back(fmt::format(
        "{} of {} cells had no value and were given the mean of their column; they are in {} of {} columns.", cells,
        table.values.size(), columns, width));
}

}  // namespace refract
