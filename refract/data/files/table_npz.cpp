// Tables in archives of NumPy.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "refract/core/npz_archive.h"
#include "refract/core/npz_file.h"
#include "refract/core/npz_text.h"
#include "refract/core/npz_words.h"
#include "refract/data/files/table_cells.h"
#include "refract/data/files/table_condition.h"
#include "refract/data/files/table_rows.h"

namespace refract {
namespace {

using Strings = std::vector<std::string>;

bool is_numbers(const NpzEntry& array) {
  return array.kind == NpzKind::fractions || array.kind == NpzKind::whole_numbers;
}

std::string shape_of(const NpzEntry& array) {
  std::string sizes;
  for (const int64_t size : array.shape) sizes += fmt::format("{}{}", sizes.empty() ? "" : ", ", size);
  const std::string values = is_numbers(array) ? std::string() : fmt::format(" of {}", npz_values(array.type));
  return fmt::format("{} [{}]{}", quoted_cell(array.name), sizes, values);
}

class NpzTableReader {
 public:
  explicit NpzTableReader(const TableQuery& query) : query_(query) {
    table_.file = query.file;
    table_.unit = "row";
  }

  RawTable read() {
    if (NpzArchive(query_.file).names().empty())
      table_.refuse(
          "expected an archive of NumPy (.npz), found a ZIP archive of other files. Export a spreadsheet (.xlsx, .ods) "
          "as "
          "CSV; unpack a table that was packed.");
    entries_ = list_npz(query_.file);
    const NpzEntry& data = data_array();
    rows_ = data.shape[0];
    Strings header = data_columns(data);
    const auto width = header.size();
    const std::string names = name_array();
    const std::vector<NpzEntry> others = other_columns(data);
    for (const NpzEntry& array : others) header.push_back(array.name);
    const ColumnPlan plan = plan_columns(query_, header, names, table_);
    FeatureCells features(query_, table_.unit, plan.features);
    table_.values.assign(static_cast<size_t>(rows_) * plan.features.size(), 0);
    for (int64_t i = 1; i <= rows_; ++i) table_.places.push_back(i);
    take_data(data.name, plan, features, header);
    for (size_t k = 0; k < others.size(); ++k) take_column(others[k], width + k, plan, features);
    features.finish();
    note_features(others, width, plan);
    return std::move(table_);
  }

 private:
  [[nodiscard]] const NpzEntry* entry(const std::string& name) const {
    const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const auto& e) { return e.name == name; });
    return found == entries_.end() ? nullptr : &*found;
  }

  // The first of these names that is there; "" for none.
  [[nodiscard]] std::string first_of(const Strings& names) const {
    for (const std::string& name : names)
      if (entry(name) != nullptr) return name;
    return "";
  }

  [[nodiscard]] const NpzEntry& data_array() const {
    const auto is_data = [](const NpzEntry& array) { return is_numbers(array) && array.shape.size() == 2; };
    for (const char* name : {"data", "x", "X"})
      if (const NpzEntry* array = entry(name); array != nullptr && is_data(*array)) return *array;
    const auto first = std::find_if(entries_.begin(), entries_.end(), is_data);
    if (first != entries_.end() && std::find_if(first + 1, entries_.end(), is_data) == entries_.end()) return *first;
    Strings found;
    std::string advice;  // on the first table that cannot be read
    for (const NpzEntry& array : entries_) {
      found.push_back(shape_of(array));
      if (array.shape.size() == 2 && advice.empty()) advice = npz_advice(array.type);
    }
    table_.refuse(fmt::format("expected an array `data` [N, D] of numbers, N rows and D columns, found {}.{}{}",
                              some_of(found, 8), advice.empty() ? "" : " ", advice));
  }

  [[nodiscard]] Strings data_columns(const NpzEntry& data) const {
    const auto count = static_cast<size_t>(data.shape[1]);
    const std::string name = first_of({"columns", "feature_names"});
    if (!name.empty()) {
      expect_texts(*entry(name));
      Strings columns = read_npz_texts(query_.file, name);
      if (columns.size() != count)
        table_.refuse(fmt::format("expected a name for each of the {} columns of {} in {}, found {}.", count,
                                  quoted_cell(data.name), quoted_cell(name), columns.size()));
      return columns;
    }
    Strings columns;
    for (size_t k = 1; k <= count; ++k) columns.push_back(fmt::format("x{}", k));
    return columns;
  }

  // NumPy makes objects of the columns of pandas, and they are pickled.
  void expect_texts(const NpzEntry& array) const {
    if (array.kind != NpzKind::text)
      table_.refuse(fmt::format("expected texts, found the array {}{}. Save numpy.asarray(array, dtype=str) instead.",
                                shape_of(array), is_numbers(array) ? " of numbers" : ""));
  }

  void expect_readable(const NpzEntry& array) const {
    if (array.kind == NpzKind::other)
      table_.refuse(
          fmt::format("expected numbers or text, found the array {}. {}", shape_of(array), npz_advice(array.type)));
  }

  [[nodiscard]] std::string name_array() const {
    const std::string name = first_of({"names", "rows", "obs_names"});
    return !name.empty() && is_usable(*entry(name)) ? name : "";
  }

  [[nodiscard]] bool is_column(const NpzEntry& array) const { return array.shape == std::vector<int64_t>{rows_}; }

  [[nodiscard]] bool is_usable(const NpzEntry& array) const { return is_column(array) && array.kind != NpzKind::other; }

  [[nodiscard]] bool is_in_condition(const std::string& name) const {
    const auto names_it = [&](const char* option, const std::string& text) {
      const std::vector<Comparison> all = read_condition(option, text).comparisons;
      return std::any_of(all.begin(), all.end(), [&](const Comparison& one) { return one.column == name; });
    };
    return names_it("--reference-where", query_.reference_where) ||
           names_it("--unlabelled-where", query_.unlabelled_where);
  }

  [[nodiscard]] bool is_named(const std::string& name) const {
    const auto among = [&](const Strings& all) { return std::find(all.begin(), all.end(), name) != all.end(); };
    return name == query_.label || name == query_.name || among(query_.factors) || among(query_.colours) ||
           among(query_.columns) || is_in_condition(name);
  }

  // Arrays [N] beside the data. What cannot be one is left out with a note, unless it is to be ignored, or refused
  // where the query names it for something else.
  std::vector<NpzEntry> other_columns(const NpzEntry& data) {
    std::vector<NpzEntry> columns;
    Strings left_out;
    for (const NpzEntry& array : entries_) {
      if (array.name == data.name || array.name == "columns" || array.name == "feature_names") continue;
      if (is_column(array) && is_named(array.name)) expect_readable(array);
      if (is_usable(array)) {
        columns.push_back(array);
      } else if (std::erase(query_.ignore, array.name) == 0) {
        left_out.push_back(shape_of(array));
      }
    }
    if (!left_out.empty())
      table_.notes.push_back(fmt::format("Arrays of the archive that are no columns of {} rows were left out: {}.",
                                         rows_, some_of(left_out, 5)));
    return columns;
  }

  // Labels that nobody called labels would be learnt from.
  void note_features(const std::vector<NpzEntry>& others, size_t width, const ColumnPlan& plan) {
    Strings taken;
    for (size_t k = 0; k < others.size(); ++k)
      if (plan.slots[width + k] >= 0) taken.push_back(quoted_cell(others[k].name));
    if (!taken.empty() && query_.columns.empty())
      table_.notes.push_back(
          fmt::format("These arrays count as columns of features: {}. Say so with --label, --factor or --ignore where "
                      "they are none.",
                      some_of(taken, 5)));
  }

  void take_data(const std::string& name, const ColumnPlan& plan, const FeatureCells& features, const Strings& header) {
    const Tensor data = read_npz(query_.file, {name}).at(name);
    const auto columns = static_cast<size_t>(data.size(1));
    constexpr int64_t piece = 1024;  // rows at a time, so that no second array of doubles stands beside the first
    for (int64_t first = 0; first < rows_; first += piece) {
      const Tensor rows = data.narrow(0, first, std::min(piece, rows_ - first)).to(at::kDouble).contiguous();
      const double* cells = rows.data_ptr<double>();
      for (int64_t i = first; i < first + rows.size(0); ++i)
        for (size_t k = 0; k < columns; ++k) take_number(*cells++, i, k, plan, features, header[k]);
    }
  }

  void take_number(double value, int64_t row, size_t column, const ColumnPlan& plan, const FeatureCells& features,
                   const std::string& name) {
    if (plan.kept[column]) table_.texts[name].push_back(fmt::format("{}", value));
    if (plan.slots[column] < 0) return;
    const auto slot = static_cast<size_t>(plan.slots[column]);
    table_.values[static_cast<size_t>(row) * plan.features.size() + slot] = features.of(slot, value, row + 1);
  }

  void take_column(const NpzEntry& array, size_t column, const ColumnPlan& plan, FeatureCells& features) {
    if (is_numbers(array)) {
      const Tensor values = read_npz(query_.file, {array.name}).at(array.name).to(at::kDouble).contiguous();
      for (int64_t i = 0; i < rows_; ++i)
        take_number(values.data_ptr<double>()[i], i, column, plan, features, array.name);
      return;
    }
    Strings texts = read_npz_texts(query_.file, array.name);
    for (std::string& text : texts) text = std::string(without_blanks(text));
    const auto slot = static_cast<size_t>(std::max<int64_t>(plan.slots[column], 0));
    for (size_t i = 0; plan.slots[column] >= 0 && i < texts.size(); ++i)
      table_.values[i * plan.features.size() + slot] = features.of(slot, texts[i], static_cast<int64_t>(i) + 1);
    if (plan.kept[column]) table_.texts[array.name] = std::move(texts);
  }

  TableQuery query_;  // without what it would ignore that is no column
  RawTable table_;
  std::vector<NpzEntry> entries_;
  int64_t rows_ = 0;
};

}  // namespace

RawTable read_npz_table(const TableQuery& query) {
  return NpzTableReader(query).read();
}

}  // namespace refract
