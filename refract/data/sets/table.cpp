#include "refract/data/sets/table.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/tensor.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>
#include <set>

#include "refract/core/errors.h"
#include "refract/core/random.h"
#include "refract/core/text.h"
#include "refract/data/files/table_file.h"
#include "refract/data/indexed_source.h"

namespace refract {
namespace {

constexpr size_t most_colours = 12;  // as many maps side by side for each block

TableQuery query_of(const TableOptions& options) {
  TableQuery query;
  query.file = options.table;
  query.factors = comma_separated(options.factor);
  query.colours = comma_separated(options.colour);
  query.ignore = comma_separated(options.ignore);
  query.label = options.label;
  query.name = options.name;
  query.reference_where = options.reference_where;
  query.unlabelled_where = options.unlabelled_where;
  query.missing = missing_policy(options.missing);
  query.counts = options.counts;
  return query;
}

// The labels of unlabelled rows, in order. References may have others: these are of no class.
std::vector<std::string> classes_of(const Table& table) {
  std::set<std::string> classes;
  for (size_t i = 0; i < table.labels.size(); ++i)
    if (table.in_unlabelled[i]) classes.insert(table.labels[i]);
  return {classes.begin(), classes.end()};
}

// -1 for a label that is no class.
int64_t class_of(const std::vector<std::string>& classes, const std::string& label) {
  const auto found = std::lower_bound(classes.begin(), classes.end(), label);
  return found == classes.end() || *found != label ? -1 : found - classes.begin();
}

// Of fewer than ten rows a tenth is none: small classes are drawn from together.
void pool_small_classes(std::vector<Indices>& of_class) {
  constexpr size_t least = 10;
  for (size_t c = 0; c + 1 < of_class.size(); ++c) {
    if (of_class[c].size() >= least) continue;
    of_class.back().insert(of_class.back().end(), of_class[c].begin(), of_class[c].end());
    of_class[c].clear();
  }
}

// Every class by itself, so that each is held out in its share.
Splits splits_of(const Table& table, const std::vector<std::string>& classes, uint64_t seed) {
  Splits splits;
  for (const Set set : {Set::unlabelled, Set::reference}) {
    const std::vector<bool>& members = set == Set::reference ? table.in_reference : table.in_unlabelled;
    std::vector<Indices> of_class(classes.size() + 1);  // last, rows of no class
    for (size_t i = 0; i < members.size(); ++i) {
      if (!members[i]) continue;
      const int64_t label = table.labels.empty() ? -1 : class_of(classes, table.labels[i]);
      of_class[label < 0 ? classes.size() : static_cast<size_t>(label)].push_back(static_cast<int64_t>(i));
    }
    pool_small_classes(of_class);
    for (size_t c = 0; c < of_class.size(); ++c)
      divide(splits, set, of_class[c], std::ssize(of_class[c]) / 10,
             mix(mix(seed, Stream::held_out_rows), static_cast<uint64_t>(set), c));
    sort_parts(splits, set);
  }
  return splits;
}

// Rows that train, of either set.
Indices training_rows(const Splits& splits) {
  Indices rows = splits[Split::unlabelled];
  rows.insert(rows.end(), splits[Split::reference].begin(), splits[Split::reference].end());
  return rows;
}

// Of each column, over these rows.
void standardise(std::vector<float>& values, TableColumns& columns, const Indices& rows) {
  const size_t width = columns.names.size();
  columns.centre.assign(width, 0);
  columns.scale.assign(width, 0);
  for (size_t d = 0; d < width; ++d) {
    double sum = 0, squares = 0;
    for (const int64_t row : rows) sum += values[static_cast<size_t>(row) * width + d];
    const double mean = sum / static_cast<double>(rows.size());
    for (const int64_t row : rows) squares += std::pow(values[static_cast<size_t>(row) * width + d] - mean, 2);
    const double deviation = std::sqrt(squares / static_cast<double>(rows.size()));
    columns.centre[d] = mean;
    columns.scale[d] = deviation > 0 ? deviation : 1;  // it varies in held-out rows alone
  }
  to_standard(values.data(), std::ssize(values) / std::ssize(columns.names), columns);
}

double typical_sum(const std::vector<float>& values, size_t width, const Indices& rows) {
  std::vector<double> sums;
  for (const int64_t row : rows) {
    const auto from = values.begin() + row * static_cast<int64_t>(width);
    sums.push_back(std::accumulate(from, from + static_cast<int64_t>(width), 0.0));
  }
  std::nth_element(sums.begin(), sums.begin() + std::ssize(sums) / 2, sums.end());
  return std::max(sums[sums.size() / 2], 1.0);
}

// [N, K] in [0, 1].
Tensor factors_of(const Table& table, DataInfo& info) {
  Tensor all = at::empty({static_cast<int64_t>(table.rows()), std::ssize(table.factors)});
  for (int64_t k = 0; k < std::ssize(table.factors); ++k) {
    const TableFactor& factor = table.factors[static_cast<size_t>(k)];
    const auto [least, greatest] = std::minmax_element(factor.values.begin(), factor.values.end());
    const double range = *greatest > *least ? *greatest - *least : 1;
    for (int64_t n = 0; n < all.size(0); ++n)
      all.data_ptr<float>()[n * all.size(1) + k] =
          static_cast<float>((factor.values[static_cast<size_t>(n)] - *least) / range);
    info.factors.push_back(factor.name);
    info.factor_sizes.push_back(std::ssize(factor.value_names));
  }
  return all;
}

// [N, K], as the table has them.
Tensor colours_of(const Table& table, DataInfo& info) {
  std::vector<Tensor> columns;
  for (const TableFactor& column : table.colours) {
    columns.push_back(at::tensor(column.values, at::kDouble));
    info.colours.push_back({column.name, column.value_names});
  }
  return at::stack(columns, 1);
}

Tensor labels_of(const Table& table, const std::vector<std::string>& classes) {
  std::vector<int64_t> labels;
  for (const std::string& label : table.labels) labels.push_back(class_of(classes, label));
  return at::tensor(labels, at::kLong);
}

void add_notes(DataInfo& info, const Table& table, bool counts) {
  for (const std::string& note : table.notes) add_note(info, note);
  const auto is_count = [](float value) { return value >= 0 && value == std::floor(value); };
  const bool large = std::any_of(table.values.begin(), table.values.end(), [](float value) { return value > 20; });
  if (!counts && large && std::all_of(table.values.begin(), table.values.end(), is_count))
    add_note(info, "All values are whole numbers, none of them negative. If they are counts, use --counts.");
}

}  // namespace

Options TableOptions::describe() {
  Options options;
  options.add("table", table, "CSV, TSV (plain or gzip) or NPZ file with named columns and one example per row");
  options.add("reference_where", reference_where,
              "condition on the rows of the reference set, as in 'condition=control' or 'dose<=0 and day>3'");
  options.add("unlabelled_where", unlabelled_where,
              "condition on the unlabelled rows; empty: all rows outside the reference set");
  options.add("label", label, "column with the class of each row");
  options.add("factor", factor, "columns with known factors, used only by the metrics, separated by commas").of_names();
  options
      .add("colour", colour,
           "columns that colour the points of the figure block-map, instead of the factors, separated by commas")
      .of_names();
  options.add("ignore", ignore, "columns to leave out, separated by commas").of_names();
  options.add("name", name, "column with the name of each row; empty: the first column if it has no header");
  options
      .add("missing", missing,
           "what to do with missing values: refuse the table, fill in the mean of the column, or drop the row")
      .one_of({"refuse", "mean", "drop"});
  options.add("counts", counts, "treat the values as counts, such as sequencing reads, without standardising them");
  options.add("data_seed", data_seed, "seed that chooses the rows that fit and score the probes").range(0, 1e15);
  return options;
}

std::unique_ptr<DataSource> make_table(const TableOptions& options) {
  if (options.table.empty()) throw BadInput("Reading a table: no file was named. Give one with --table FILE.");
  const TableQuery query = query_of(options);
  if (query.colours.size() > most_colours)
    throw BadInput(fmt::format("Option colour: expected at most {} columns, found {}. Name fewer.", most_colours,
                               query.colours.size()));
  Table table = read_table(query);
  if (options.counts && table.columns.size() == 1)
    throw BadInput(
        fmt::format("Reading the table {}: expected two columns of counts or more, found {} alone. A model of "
                    "counts learns their shares of a row; leave out --counts for a single column.",
                    options.table, table.columns.front()));
  IndexedExamples all;
  all.info.name = "table";
  all.info.space = Space::row(std::ssize(table.columns), options.counts ? Values::counts : Values::real);
  all.info.columns.names = table.columns;
  all.info.checksums["table"] = table.sha256;  // whatever the file is called now
  all.info.classes = classes_of(table);
  add_notes(all.info, table, options.counts);
  all.splits = splits_of(table, all.info.classes, static_cast<uint64_t>(options.data_seed));
  if (!table.labels.empty()) all.labels = labels_of(table, all.info.classes);
  if (!table.factors.empty()) all.factors = factors_of(table, all.info);
  if (!table.colours.empty()) all.colours = colours_of(table, all.info);
  const Indices training = training_rows(all.splits);
  if (options.counts)
    all.info.space.library = typical_sum(table.values, table.columns.size(), training);
  else
    standardise(table.values, all.info.columns, training);
  all.info.columns.fill = table.means;
  const auto values = std::make_shared<const std::vector<float>>(std::move(table.values));
  const auto width = static_cast<size_t>(all.info.space.numel());
  all.copy = [values, width](int64_t row, float* out) {
    std::memcpy(out, values->data() + static_cast<size_t>(row) * width, width * sizeof(float));
  };
  return indexed_source(std::move(all));
}

}  // namespace refract
