#include "refract/eval/representation.h"

#include <ATen/ops/_unique.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/stack.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "refract/core/errors.h"
#include "refract/core/generator.h"
#include "refract/core/random.h"
#include "refract/eval/features.h"
#include "refract/eval/information.h"

namespace refract {
namespace {

constexpr int64_t kFewest = 100;

// Blocks side by side, named "e and z".
Representation joined(const Model& model, const Codes& codes, const Factors& factors, bool with_categorical) {
  std::string name;
  std::vector<Tensor> parts;
  for (size_t b = 0; b < codes.size(); ++b) {
    const Block& block = model.blocks()[b];
    if (block.categorical && !with_categorical) continue;
    name += (name.empty() ? "" : " and ") + block.name;
    parts.push_back(codes[b]);
  }
  return representation(name, at::cat(parts, 1), factors);
}

// Columns that cannot be factors.
class LeftOut {
 public:
  // Whether this is one.
  bool takes(const std::string& name, int64_t values, int64_t images) {
    if (values > most_values(images))
      identifiers_.push_back(
          fmt::format("{} ({} values, at most {} for {} examples)", name, values, most_values(images), images));
    else if (values < 2)
      constant_.push_back(name);
    else
      return false;
    return true;
  }

  [[nodiscard]] std::string sentence() const {
    std::string text;
    if (!constant_.empty()) text += fmt::format("Left out, since they never change: {}.", listed(constant_));
    if (identifiers_.empty()) return text;
    return text +
           fmt::format(
               "{}Left out as identifiers: {}. If one is a quantity, divide it by its greatest value, so that it "
               "counts as real-valued.",
               text.empty() ? "" : " ", listed(identifiers_));
  }

 private:
  static std::string listed(const std::vector<std::string>& names) {
    constexpr size_t most = 5;
    const size_t shown = std::min(most, names.size());
    const std::string rest = names.size() > most ? fmt::format(" and {} more", names.size() - most) : "";
    return fmt::format("{}{}", fmt::join(names.begin(), names.begin() + static_cast<ptrdiff_t>(shown), ", "), rest);
  }

  std::vector<std::string> constant_, identifiers_;
};

// [N, names] float64.
Tensor checked(const Tensor& values, size_t names, size_t sizes) {
  if (values.dim() != 2 || values.size(1) != static_cast<int64_t>(names) || sizes != names)
    throw BadInput(fmt::format("Reading ground-truth factors: expected values [N, {}], found [{}].", names,
                               fmt::join(values.sizes(), ", ")));
  if (values.size(0) == 0) throw BadInput("Reading ground-truth factors: expected those of some examples, found none.");
  const Tensor plain = values.to(at::kCPU, at::kDouble);
  if (!at::isfinite(plain).all().item<bool>())
    throw BadInput("Reading ground-truth factors: expected finite numbers, found NaN or infinity.");
  return plain;
}

}  // namespace

int64_t most_values(int64_t images) {
  return std::min<int64_t>(256, std::max<int64_t>(20, images / 2));
}

Factors factors_of(std::vector<std::string> names, const Tensor& values, const std::vector<int64_t>& sizes) {
  const Tensor plain = checked(values, names.size(), sizes.size());
  Factors factors;
  std::vector<Tensor> columns, classes;
  LeftOut left_out;
  for (int64_t k = 0; k < plain.size(1); ++k) {
    std::string& name = names[static_cast<size_t>(k)];
    const Tensor column = plain.select(1, k);
    const bool real = sizes[static_cast<size_t>(k)] == 0;
    const auto [found, inverse] =
        at::_unique(real ? histogram_bins(column.unsqueeze(1)).squeeze(1) : column, true, true);
    if (left_out.takes(name, found.numel(), plain.size(0))) continue;
    factors.names.push_back(std::move(name));
    factors.real.push_back(real);
    factors.sizes.push_back(found.numel());
    columns.push_back(column);
    classes.push_back(inverse);
  }
  if (columns.empty())
    throw BadInput(
        fmt::format("Reading ground-truth factors: expected one that varies, found none among {} in {} examples. {}",
                    plain.size(1), plain.size(0), left_out.sentence()));
  factors.left_out = left_out.sentence();
  factors.values = at::stack(columns, 1);
  factors.classes = at::stack(classes, 1);
  return factors;
}

Factors factors_in(const DataSource& data) {
  const DataInfo& info = data.info();
  const auto of = [&](Split split) {
    return data.factors(split, all_indices(data.count(split))).to(at::kCPU, at::kDouble);
  };
  std::vector<int64_t> sizes = info.factor_sizes;
  sizes.resize(info.factors.size(), 0);
  Tensor values = at::cat({of(Split::fit), of(Split::score)});
  for (size_t k = 0; k < sizes.size(); ++k)
    if (sizes[k] > 0) {
      Tensor column = values.select(1, static_cast<int64_t>(k));
      column.mul_(static_cast<double>(sizes[k] - 1)).round_();
    }
  return factors_of(info.factors, values, sizes);
}

Representation representation(std::string name, const Tensor& codes, const Factors& factors) {
  const int64_t rows = factors.values.size(0);
  if (codes.dim() != 2 || codes.size(0) != rows || codes.size(1) == 0)
    throw BadInput(
        fmt::format("Measuring {}: expected codes [{}, D] of the examples whose factors are known, found [{}].", name,
                    rows, fmt::join(codes.sizes(), ", ")));
  if (rows < kFewest)
    throw BadInput(
        fmt::format("Measuring {}: expected the codes of {} examples or more, found {}.", name, kFewest, rows));
  const Tensor plain = codes.detach().to(at::kCPU, at::kDouble).contiguous();
  expect_finite(name, plain);
  return {std::move(name), plain, factors};
}

Representation noise_beside(const std::vector<Representation>& rows, uint64_t seed) {
  int64_t widest = 1;
  for (const Representation& row : rows) widest = std::max(widest, row.codes.size(1));
  const Factors& factors = rows.at(0).factors;
  const at::Generator generator = generator_of(mix(seed, MetricDraw::examples));
  return representation("noise", at::randn({factors.values.size(0), widest}, generator, at::kDouble), factors);
}

std::vector<Representation> representations(const Model& model, const DataSource& data, uint64_t seed) {
  const Codes fit = split_codes(model, data, Split::fit);
  const Codes score = split_codes(model, data, Split::score);
  Codes codes;
  for (size_t b = 0; b < fit.size(); ++b) codes.push_back(at::cat({fit[b], score[b]}));
  const Factors factors = factors_in(data);
  const std::vector<Block>& blocks = model.blocks();
  const auto categorical = std::count_if(blocks.begin(), blocks.end(), [](const Block& b) { return b.categorical; });
  std::vector<Representation> rows;
  if (std::ssize(blocks) - categorical > 1) rows.push_back(joined(model, codes, factors, false));
  for (size_t b = 0; b < blocks.size(); ++b) rows.push_back(representation(blocks[b].name, codes[b], factors));
  if (categorical > 0 && blocks.size() > 1) rows.push_back(joined(model, codes, factors, true));
  rows.push_back(noise_beside(rows, seed));
  return rows;
}

std::string lacks_factors(const DataSource& data) {
  if (data.info().factors.empty())
    return fmt::format("The data set {} has no ground-truth factors to compare codes with.", data.info().name);
  const int64_t count = data.count(Split::fit) + data.count(Split::score);
  const std::string empty = lacks_probe_splits(data);
  if (empty.empty() && count < kFewest)
    return fmt::format("The data set {} has {} examples to compare codes and factors of, fewer than {}.",
                       data.info().name, count, kFewest);
  return empty;
}

std::vector<std::string> factor_columns(const std::vector<Representation>& rows) {
  std::vector<std::string> columns = rows.at(0).factors.names;
  columns.emplace_back("average");
  return columns;
}

std::vector<double> with_average(const Tensor& values) {
  const Tensor plain = values.contiguous();
  std::vector<double> all(plain.data_ptr<double>(), plain.data_ptr<double>() + plain.numel());
  all.push_back(plain.mean().item<double>());
  return all;
}

}  // namespace refract
