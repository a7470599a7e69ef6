#include "app/cli/codes_file.h"

#include <ATen/ops/_unique.h>
#include <ATen/ops/empty.h>
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "app/cli/code_table.h"
#include "refract/core/about.h"
#include "refract/core/errors.h"

namespace refract {
namespace {

using Path = std::filesystem::path;

// 0, for real-valued, or the number of values of a column of whole numbers.
std::vector<int64_t> sizes_of(const Tensor& factors) {
  std::vector<int64_t> sizes;
  for (int64_t k = 0; k < factors.size(1); ++k) {
    const Tensor column = factors.select(1, k);
    const bool whole = column.eq(column.round()).all().item<bool>();
    sizes.push_back(whole ? std::get<0>(at::_unique(column)).numel() : 0);
  }
  return sizes;
}

bool has_factors(const CodeTable& table) {
  return table.factors.defined() || !table.classes.empty();
}

Factors factors_in(const CodeTable& table) {
  if (table.factors.defined()) return factors_of(table.factor_names, table.factors, sizes_of(table.factors));
  if (!table.classes.empty()) {
    const Tensor classes = numbers_of(table.classes).unsqueeze(1);
    return factors_of({"class"}, classes, sizes_of(classes));
  }
  Factors none;
  none.values = at::empty({table.blocks.at(0).codes.size(0), 0}, at::kDouble);
  return none;
}

ModelCodes model_of(const CodeTable& table, const std::string& name) {
  const Factors factors = factors_in(table);
  ModelCodes model{representation(name, joined_codes(table), factors), {}, has_factors(table)};
  if (table.blocks.size() == 1) return model;
  for (const CodeBlock& block : table.blocks)
    model.blocks.push_back(representation(fmt::format("{} {}", name, block.name), block.codes, factors));
  return model;
}

std::vector<std::string> row_names(const std::vector<Path>& files) {
  std::vector<std::string> names;
  std::set<std::string> different;
  for (const Path& file : files) different.insert(names.emplace_back(file.stem().string()));
  if (different.size() == files.size()) return names;
  for (size_t i = 0; i < files.size(); ++i) names[i] = files[i].string();
  return names;
}

// A file that was read, and where.
struct Read {
  Path file;
  CodeTable table;
  ModelCodes model;
};

Read read_one(const Path& file, const std::string& name) {
  CodeTable table = file.extension() == ".csv" ? read_csv_codes(file) : read_npz_codes(file);
  try {
    ModelCodes model = model_of(table, name);
    return {file, std::move(table), std::move(model)};
  } catch (const BadInput& error) {
    throw BadInput(about(file, error.what()));
  }
}

[[noreturn]] void refuse_other(const Read& read, const Read& other, const std::string& expected,
                               const std::string& found) {
  throw BadInput(
      fmt::format("Reading {}: expected {} of {}, because all files must hold codes of the same examples in the "
                  "same order, found {}.",
                  read.file.string(), expected, other.file.string(), found));
}

void check_same_images(const Read& read, const Read& other) {
  const auto rows = [](const Read& r) { return r.model.all.codes.size(0); };
  if (rows(read) != rows(other))
    refuse_other(read, other, fmt::format("codes of the {} examples", rows(other)), std::to_string(rows(read)));
  const std::vector<std::string>& mine = read.table.files;
  const std::vector<std::string>& theirs = other.table.files;
  if (mine.empty() || theirs.empty() || mine == theirs) return;
  const auto at = std::mismatch(mine.begin(), mine.end(), theirs.begin());
  refuse_other(read, other, "the names",
               fmt::format("{} in place of {} as example {}", *at.first, *at.second, at.first - mine.begin() + 1));
}

void check_same_factors(const Read& read, const Read& other) {
  if (read.model.known && other.model.known && !read.model.all.factors.values.equal(other.model.all.factors.values))
    refuse_other(read, other, "the factors", "others");
}

void share_factors(ModelCodes& model, const ModelCodes& known) {
  model.known = true;
  model.all.factors = known.all.factors;
  for (Representation& block : model.blocks) block.factors = known.all.factors;
}

}  // namespace

std::vector<ModelCodes> read_codes(const std::vector<Path>& files) {
  const std::vector<std::string> names = row_names(files);
  std::vector<Read> all;
  for (size_t i = 0; i < files.size(); ++i) all.push_back(read_one(files[i], names[i]));
  const auto known = std::find_if(all.begin(), all.end(), [](const Read& read) { return read.model.known; });
  std::vector<ModelCodes> models;
  for (const Read& read : all) {
    for (const Read& other : all) {
      if (&other == &read) break;
      check_same_images(read, other);
    }
    if (known != all.end()) check_same_factors(read, *known);
    models.push_back(read.model);
    if (known != all.end()) share_factors(models.back(), known->model);
  }
  return models;
}

}  // namespace refract
