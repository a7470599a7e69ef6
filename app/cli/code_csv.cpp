// Tables of codes as comma-separated values.
#include <ATen/ops/stack.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "app/cli/code_table.h"
#include "refract/core/csv_file.h"
#include "refract/core/errors.h"

namespace refract {
namespace {

using Path = std::filesystem::path;
using Texts = std::vector<std::string>;

constexpr const char* kFile = "file";
constexpr std::string_view kFactorPrefix = "factor:";

// Columns of numbers that are blocks: by name, in order of the first of each, places in the heading. Names that do not
// run from NAME_1 to NAME_D are no block's, and NAME "factor" or "factors" is not, nor one with the factors' prefix.
std::vector<std::pair<std::string, std::vector<size_t>>> blocks_in(const Texts& header) {
  std::vector<std::pair<std::string, std::vector<size_t>>> blocks;
  for (size_t c = 0; c < header.size(); ++c) {
    const size_t line = header[c].rfind('_');
    if (line == std::string::npos || line == 0 || header[c].starts_with(kFactorPrefix)) continue;
    const std::string name = header[c].substr(0, line);
    if (name == "factor" || name == "factors") continue;
    auto block = std::find_if(blocks.begin(), blocks.end(), [&](const auto& b) { return b.first == name; });
    const size_t number = block == blocks.end() ? 1 : block->second.size() + 1;
    if (header[c] != fmt::format("{}_{}", name, number)) continue;
    if (block == blocks.end()) block = blocks.insert(blocks.end(), {name, {}});
    block->second.push_back(c);
  }
  return blocks;
}

bool is_used(const std::string& name, const Texts& header) {
  return name == kFile || name == class_column || name.starts_with(kFactorPrefix) ||
         std::find(header.begin(), header.end(), name) != header.end();
}

// Adds names of columns. Factors that would be read as something else get the prefix.
void add_factors(Texts& header, const Texts& factors) {
  const auto first = std::ssize(header);
  for (const std::string& name : factors)
    header.push_back(is_used(name, header) ? fmt::format("{}{}", kFactorPrefix, name) : name);
  for (const auto& [name, places] : blocks_in(header))
    for (const size_t c : places)
      if (std::cmp_greater_equal(c, first)) header[c].insert(0, kFactorPrefix);
}

std::string heading(const CodeTable& table) {
  Texts names;
  if (!table.files.empty()) names.emplace_back(kFile);
  for (const CodeBlock& block : table.blocks)
    for (int64_t i = 1; i <= block.codes.size(1); ++i) names.push_back(fmt::format("{}_{}", block.name, i));
  add_factors(names, table.factor_names);
  if (!table.classes.empty()) names.emplace_back(class_column);
  std::transform(names.begin(), names.end(), names.begin(), csv_cell);
  return fmt::format("{}\n", fmt::join(names, ","));
}

// The cells of the lines below the heading, column by column.
std::vector<Texts> columns_of(CsvReader& reader, const Texts& header) {
  std::vector<Texts> columns(header.size());
  for (Texts cells; reader.next(cells);) {
    if (cells.size() != header.size())
      reader.refuse(fmt::format("{} cells, as the first line has", header.size()), std::to_string(cells.size()));
    for (size_t c = 0; c < cells.size(); ++c) {
      if (cells[c].empty()) reader.refuse(fmt::format("a value in column {}", header[c]), "none");
      columns[c].push_back(std::move(cells[c]));
    }
  }
  return columns;
}

Tensor codes_of(const Path& file, const Texts& header, const std::vector<Texts>& columns,
                const std::vector<size_t>& places) {
  std::vector<Tensor> codes;
  for (const size_t c : places) {
    for (const std::string& cell : columns[c])
      if (!is_number(cell))
        throw BadInput(
            fmt::format("Reading {}: expected numbers in column {}, found '{}'.", file.string(), header[c], cell));
    codes.push_back(numbers_of(columns[c]));
  }
  return at::stack(codes, 1);
}

}  // namespace

std::string to_csv(const CodeTable& table) {
  std::string text = heading(table);
  const auto plain = [](const Tensor& values) { return values.to(at::kCPU, at::kFloat).contiguous(); };
  std::vector<Tensor> numbers;
  for (const CodeBlock& block : table.blocks) numbers.push_back(plain(block.codes));
  if (table.factors.defined()) numbers.push_back(plain(table.factors));
  for (int64_t n = 0; n < table.blocks.at(0).codes.size(0); ++n) {
    Texts cells;
    if (!table.files.empty()) cells.push_back(csv_cell(table.files[static_cast<size_t>(n)]));
    for (const Tensor& values : numbers) {
      const float* const row = values.data_ptr<float>() + n * values.size(1);
      for (int64_t i = 0; i < values.size(1); ++i) cells.push_back(fmt::format("{}", row[i]));
    }
    if (!table.classes.empty()) cells.push_back(csv_cell(table.classes[static_cast<size_t>(n)]));
    text += fmt::format("{}\n", fmt::join(cells, ","));
  }
  return text;
}

CodeTable read_csv_codes(const Path& file) {
  CsvReader reader(file);
  Texts header;
  reader.next(header);
  const auto blocks = blocks_in(header);
  if (blocks.empty())
    reader.refuse("names of columns, those of codes as `refract encode` writes them: e_1, e_2, ... for a block e",
                  fmt::format("{}", fmt::join(header, ", ")));
  std::vector<Texts> columns = columns_of(reader, header);
  if (columns.front().empty()) reader.refuse("lines of codes below the names of columns", "none");
  CodeTable table;
  std::vector<bool> taken(header.size(), false);
  for (const auto& [name, places] : blocks) {
    const Tensor codes = codes_of(file, header, columns, places);
    table.blocks.push_back({name, codes, are_probabilities(codes)});
    for (const size_t c : places) taken[c] = true;
  }
  std::vector<Tensor> factors;
  for (size_t c = 0; c < header.size(); ++c) {
    if (taken[c]) continue;
    if (header[c] == kFile) {
      table.files = std::move(columns[c]);
    } else if (header[c] == class_column) {
      table.classes = std::move(columns[c]);
    } else {
      const bool prefixed = header[c].starts_with(kFactorPrefix);
      table.factor_names.push_back(header[c].substr(prefixed ? kFactorPrefix.size() : 0));
      factors.push_back(numbers_of(columns[c]));
    }
  }
  if (!factors.empty()) table.factors = at::stack(factors, 1);
  return table;
}

}  // namespace refract
