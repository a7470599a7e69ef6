// Tables of codes as archives of NumPy.
#include <ATen/ops/stack.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "app/cli/code_table.h"
#include "app/cli/terminal.h"
#include "refract/core/errors.h"
#include "refract/core/npz_file.h"
#include "refract/core/npz_text.h"
#include "refract/core/npz_words.h"
#include "refract/core/npz_writer.h"

namespace refract {
namespace {

using Path = std::filesystem::path;
using Entries = std::vector<NpzEntry>;

constexpr const char* kCodes = "codes";
constexpr const char* kFactors = "factors";
constexpr const char* kFactorNames = "factor_names";
constexpr const char* kFiles = "files";

const NpzEntry* entry(const Entries& entries, const std::string& name) {
  const auto found = std::find_if(entries.begin(), entries.end(), [&](const NpzEntry& e) { return e.name == name; });
  return found == entries.end() ? nullptr : &*found;
}

std::string shape_text(const NpzEntry& array) {
  const std::string values =
      array.kind == NpzKind::other ? fmt::format(" of {}", npz_values(array.type)) : std::string();
  return fmt::format("{} [{}]{}", array.name, fmt::join(array.shape, ", "), values);
}

bool is_table(const NpzEntry& array) {
  return array.shape.size() == 1 || array.shape.size() == 2;
}

// [N] and [N, K] -> [N, K].
Tensor columns_of(const Tensor& values) {
  return values.dim() == 1 ? values.unsqueeze(1) : values;
}

Tensor numbers(const Path& file, const NpzEntry& array) {
  return columns_of(read_npz(file, {array.name}).at(array.name));
}

// Arrays of an archive without `codes` that can be blocks: rows of fractions.
Entries blocks_among(const Path& file, const Entries& entries) {
  Entries blocks;
  std::vector<std::string> all;
  std::string advice;  // on the first array that may be a block and cannot be read
  for (const NpzEntry& array : entries) {
    all.push_back(shape_text(array));
    if (is_table(array) && advice.empty()) advice = npz_advice(array.type);
    if (array.name != kFactors && array.kind == NpzKind::fractions && is_table(array)) blocks.push_back(array);
  }
  if (blocks.empty())
    throw BadInput(fmt::format(
        "Reading {}: expected codes in an array `codes` [N, D], or an array for each latent block as `refract "
        "encode` writes them, found {}.{}{}",
        file.string(), all.empty() ? "no array" : fmt::format("{}", fmt::join(all, ", ")), advice.empty() ? "" : " ",
        advice));
  return blocks;
}

void say_blocks(const Path& file, const CodeTable& table) {
  std::vector<std::string> read;
  for (const CodeBlock& block : table.blocks)
    read.push_back(fmt::format("{} ({}{})", block.name, block.codes.size(1), block.categorical ? " classes" : ""));
  say(fmt::format("{} has the codes of these blocks: {}.", file.string(), fmt::join(read, ", ")));
}

// Rows of text [N, K], column by column.
Tensor text_factors(const Path& file, const NpzEntry& array) {
  const std::vector<std::string> texts = read_npz_texts(file, array.name);
  const auto width = array.shape.size() == 2 ? static_cast<size_t>(array.shape[1]) : 1;
  std::vector<Tensor> columns;
  for (size_t k = 0; k < width; ++k) {
    std::vector<std::string> column;
    for (size_t i = k; i < texts.size(); i += width) column.push_back(texts[i]);
    columns.push_back(numbers_of(column));
  }
  return at::stack(columns, 1);
}

std::vector<std::string> factor_names(const Path& file, int64_t count) {
  std::vector<std::string> names = read_npz_texts(file, kFactorNames);
  if (!names.empty() && std::ssize(names) != count)
    throw BadInput(fmt::format("Reading {}: expected a name for each of the {} factors in `factor_names`, found {}.",
                               file.string(), count, names.size()));
  for (int64_t k = std::ssize(names); k < count; ++k) names.push_back(fmt::format("factor {}", k + 1));
  return names;
}

std::vector<std::string> classes(const Path& file, const NpzEntry& array) {
  if (array.kind == NpzKind::text) return read_npz_texts(file, class_column);
  std::vector<std::string> names;
  const Tensor values = numbers(file, array).to(at::kDouble).flatten().contiguous();
  for (int64_t i = 0; i < values.numel(); ++i) names.push_back(fmt::format("{}", values.data_ptr<double>()[i]));
  return names;
}

// Before anything is read: rows of tables, as many in all of them.
void check_shapes(const Path& file, const Entries& used) {
  std::vector<std::string> found;
  bool fit = true;
  for (const NpzEntry& array : used) {
    found.push_back(fmt::format("{}[{}]", used.size() > 2 ? array.name + " " : "", fmt::join(array.shape, ", ")));
    fit = fit && is_table(array) && array.shape[0] == used.front().shape.at(0);
  }
  if (!fit)
    throw BadInput(fmt::format(
        "Reading {}: expected `codes` [N, D] and `factors` [N, K], or [N] each, of the same N examples, found {}.",
        file.string(), fmt::join(found, " and ")));
}

}  // namespace

std::string to_npz(const CodeTable& table) {
  std::vector<NpzArray> arrays;
  if (table.files.empty()) {
    arrays.push_back(npz_array(kCodes, joined_codes(table)));
    if (table.factors.defined()) {
      arrays.push_back(npz_array(kFactors, table.factors));
      arrays.push_back(npz_array(kFactorNames, table.factor_names));
    } else if (!table.classes.empty()) {
      arrays.push_back(npz_array(kFactors, numbers_of(table.classes).unsqueeze(1)));
      arrays.push_back(npz_array(kFactorNames, {std::string(class_column)}));
    }
  }
  for (const CodeBlock& block : table.blocks) arrays.push_back(npz_array(block.name, block.codes));
  if (!table.files.empty()) arrays.push_back(npz_array(kFiles, table.files));
  if (!table.classes.empty()) arrays.push_back(npz_array(class_column, table.classes));
  return npz(arrays);
}

CodeTable read_npz_codes(const Path& file) {
  const Entries entries = list_npz(file);
  const NpzEntry* const codes = entry(entries, kCodes);
  const Entries blocks = codes != nullptr ? Entries{*codes} : blocks_among(file, entries);
  Entries used = blocks;
  for (const char* name : {kFactors, kFiles, class_column})
    if (const NpzEntry* array = entry(entries, name)) used.push_back(*array);
  check_shapes(file, used);

  CodeTable table;
  for (const NpzEntry& block : blocks) {
    const Tensor values = numbers(file, block);
    table.blocks.push_back({block.name, values, codes == nullptr && are_probabilities(values)});
  }
  if (codes == nullptr) say_blocks(file, table);
  if (const NpzEntry* factors = entry(entries, kFactors)) {
    table.factors =
        factors->kind == NpzKind::text ? text_factors(file, *factors) : numbers(file, *factors).to(at::kDouble);
    table.factor_names = factor_names(file, table.factors.size(1));
  }
  if (const NpzEntry* names = entry(entries, class_column)) table.classes = classes(file, *names);
  if (entry(entries, kFiles) != nullptr) table.files = read_npz_texts(file, kFiles);
  return table;
}

}  // namespace refract
