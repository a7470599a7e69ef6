#include "app/commands/row_command.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/from_blob.h>
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "app/cli/terminal.h"
#include "refract/core/csv_file.h"
#include "refract/core/errors.h"
#include "refract/core/files.h"
#include "refract/core/generator.h"
#include "refract/core/random.h"
#include "refract/data/files/table_file.h"
#include "refract/model/class_codes.h"
#include "refract/model/class_names.h"
#include "refract/model/manipulate.h"

namespace refract {
namespace {

// "" where the data set has no such option.
std::string option_of(const OpenedRun& opened, const char* name) {
  const Options& options = opened.settings->options;
  return options.has(name) ? options.at(name).text() : "";
}

TableQuery query_of(const OpenedRun& opened, const std::string& file) {
  const TableColumns& columns = opened.trained_on.columns;
  TableQuery query;
  query.file = file;
  query.columns = columns.names;
  query.fill = columns.fill;
  query.counts = opened.method->space().values == Values::counts;
  query.name = option_of(opened, "name");
  query.missing = missing_policy(option_of(opened, "missing"));
  return query;
}

// So that the run reads what was written: the option --name, else "name", or an empty header where that is a feature.
std::string names_column(const OpenedRun& opened) {
  const std::string given = option_of(opened, "name");
  const std::vector<std::string>& columns = opened.trained_on.columns.names;
  if (!given.empty()) return given;
  return std::find(columns.begin(), columns.end(), "name") == columns.end() ? "name" : "";
}

void check_count(int64_t rows, const Model& model) {
  constexpr int64_t most_values = 100'000'000;
  if (rows * model.space().numel() > most_values)
    throw BadInput(fmt::format("Making {} rows of {} columns: at most {} values are made at once. Name fewer rows.",
                               rows, model.space().numel(), most_values));
}

// [A, B, D] to [A * B, D].
Tensor listed(const Tensor& rows) {
  return rows.flatten(0, 1);
}

}  // namespace

NamedRows read_rows(const OpenedRun& opened, const std::vector<std::string>& files) {
  NamedRows all;
  std::vector<Tensor> parts;
  for (const std::string& file : files) {
    Table table = read_table(query_of(opened, file));
    for (const std::string& note : table.notes) say(note);
    const std::string where = files.size() > 1 ? std::filesystem::path(file).filename().string() + ", " : std::string();
    const int64_t width = std::ssize(table.columns), count = std::ssize(table.values) / width;
    to_standard(table.values.data(), count, opened.trained_on.columns);
    parts.push_back(at::from_blob(table.values.data(), {count, width}, at::kFloat).clone());
    for (int64_t i = 0; i < count; ++i)
      all.names.push_back(table.names.empty() ? where + table.places[static_cast<size_t>(i)]
                                              : table.names[static_cast<size_t>(i)]);
  }
  if (parts.empty()) throw BadInput("Reading rows: expected a table after the run, as in `rows.csv`.");
  all.examples = at::cat(parts);
  return all;
}

Result written_rows(const OpenedRun& opened, const NamedRows& rows, const std::filesystem::path& file) {
  const TableColumns& columns = opened.trained_on.columns;
  Tensor values = rows.examples.to(at::kCPU, at::kFloat).contiguous().clone();
  const auto width = static_cast<size_t>(values.size(1));
  auto* data = values.data_ptr<float>();
  to_table_units(data, values.size(0), columns);
  std::string text = csv_cell(names_column(opened));
  for (const std::string& column : columns.names) text += "," + csv_cell(column);
  text += '\n';
  for (size_t n = 0; n < rows.names.size(); ++n) {
    text += csv_cell(rows.names[n]);
    for (size_t d = 0; d < width; ++d) fmt::format_to(std::back_inserter(text), ",{}", data[n * width + d]);
    text += '\n';
  }
  write_file(file, text);
  return {fmt::format("{} holds {} rows of {} columns.\n", file.string(), rows.names.size(), width),
          {{"file", file.string()}, {"rows", rows.names.size()}, {"columns", columns.names}}};
}

NamedRows transferred_rows(const Model& model, const NamedRows& target, const NamedRows& common, size_t block) {
  check_count(std::ssize(target.names) * std::ssize(common.names), model);
  NamedRows rows{listed(transfer(model, target.examples, common.examples, block)), {}};
  const std::string name = joined_names(model, with_dependents(model, block));
  for (const std::string& content : common.names)
    for (const std::string& style : target.names)
      rows.names.push_back(fmt::format("{} with {} of {}", content, name, style));
  return rows;
}

NamedRows synthesized_rows(const Model& model, const NamedRows& rows, int64_t variants, uint64_t seed, size_t block) {
  check_count(std::ssize(rows.names) * variants, model);
  NamedRows made{listed(synthesize(model, rows.examples, variants, seed, block)), {}};
  const std::string& drawn = model.blocks()[block].name;
  for (const std::string& name : rows.names)
    for (int64_t v = 1; v <= variants; ++v) made.names.push_back(fmt::format("{} with {} {}", name, drawn, v));
  return made;
}

NamedRows sampled_rows(const Model& model, int64_t panels, int64_t positions, uint64_t seed) {
  NamedRows rows{listed(sample(model, panels, positions, seed)), {}};
  for (int64_t p = 1; p <= panels; ++p)
    for (int64_t i = 1; i <= positions; ++i) rows.names.push_back(fmt::format("sample {}.{}", p, i));
  return rows;
}

NamedRows class_sampled_rows(const Model& model, int64_t samples, uint64_t seed,
                             const std::vector<Attribute>& attributes) {
  const Codes noise = prior_noise(model, samples, generator_of(mix(seed, Stream::figures)));
  NamedRows rows;
  std::vector<Tensor> parts;
  for (const size_t category : categories_of(model)) {
    const Block& classes = model.blocks()[category];
    check_count(samples * classes.size, model);
    for (int64_t k = 0; k < classes.size; ++k) {
      parts.push_back(decode_all(model, codes_of_noise(model, noise_of_class(noise, category, k))).to(at::kCPU));
      for (int64_t i = 1; i <= samples; ++i)
        rows.names.push_back(fmt::format("{}, sample {}", class_name(classes, k, attributes), i));
    }
  }
  rows.examples = at::cat(parts);
  return rows;
}

}  // namespace refract
