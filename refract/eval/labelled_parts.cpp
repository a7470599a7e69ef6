#include "refract/eval/labelled_parts.h"

#include <ATen/ops/tensor.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <limits>

#include "refract/core/errors.h"
#include "refract/data/labelled.h"
#include "refract/data/order.h"
#include "refract/eval/features.h"

namespace refract {
namespace {

std::vector<Attribute> descriptive_attributes(const DataInfo& info) {
  const std::vector<Attribute> all = attributes_of(info);
  std::vector<Attribute> some;
  for (const int64_t column : descriptive_columns(info)) some.push_back(all.at(static_cast<size_t>(column)));
  return some;
}

// With all attributes that describe an example.
LabelledPart labelled_part(const DataSource& data, Split split, int64_t most, uint64_t key) {
  const Tensor columns = at::tensor(descriptive_columns(data.info()), at::kLong);
  const Tensor labels = data.attributes(split, all_indices(data.count(split))).to(at::kCPU).index_select(1, columns);
  const Tensor known = labels.ge(0).any(1).contiguous();
  const auto* is_known = known.data_ptr<bool>();
  Indices rows = permutation(known.numel(), key);
  std::erase_if(rows, [&](int64_t row) { return !is_known[row]; });
  rows.resize(static_cast<size_t>(std::min(std::ssize(rows), most)));
  return {split, rows, labels.index_select(0, at::tensor(rows, at::kLong))};
}

std::array<LabelledPart*, 3> three_of(LabelledParts& parts) {
  return {&parts.fitted, &parts.validation, &parts.scored};
}

// Keeps the attributes that every part knows something of.
void keep_known(LabelledParts& parts, const std::string& data) {
  const std::vector<Attribute> all = std::move(parts.attributes);
  parts.attributes.clear();
  std::vector<int64_t> kept;
  std::vector<std::string> unknown;
  for (size_t k = 0; k < all.size(); ++k) {
    const auto column = static_cast<int64_t>(k);
    const std::array<LabelledPart*, 3> three = three_of(parts);
    const auto knows = [&](const LabelledPart* part) {
      return part->labels.select(1, column).ge(0).any().item<bool>();
    };
    if (!std::all_of(three.begin(), three.end(), knows)) {
      unknown.push_back(all[k].name);
      continue;
    }
    kept.push_back(column);
    parts.attributes.push_back(all[k]);
  }
  if (kept.empty())
    throw BadInput(
        fmt::format("Reading the labels of {}: expected an attribute with known labels in each of the splits "
                    "unlabelled, fit and score, found none among {}.",
                    data, fmt::join(unknown, ", ")));
  for (LabelledPart* part : three_of(parts)) part->labels = part->labels.index_select(1, at::tensor(kept, at::kLong));
  if (!unknown.empty())
    parts.left_out = fmt::format("Left out, since a whole split knows no label of them: {}.", fmt::join(unknown, ", "));
}

}  // namespace

LabelledParts labelled_parts(const DataSource& data, int64_t most_fitted, uint64_t key) {
  constexpr int64_t all = std::numeric_limits<int64_t>::max();
  LabelledParts parts{descriptive_attributes(data.info()), "", labelled_part(data, Split::unlabelled, most_fitted, key),
                      labelled_part(data, Split::fit, all, key), labelled_part(data, Split::score, all, key)};
  keep_known(parts, data.info().name);
  return parts;
}

std::string lacks_labelled_parts(const DataSource& data) {
  const std::vector<Attribute> attributes = descriptive_attributes(data.info());
  const auto varies = [](const Attribute& attribute) { return attribute.values.size() > 1; };
  if (std::none_of(attributes.begin(), attributes.end(), varies))
    return fmt::format("The data set {} has no labels of two or more values to tell apart.", data.info().name);
  if (data.count(Split::unlabelled) == 0 && lacks_probe_splits(data).empty())
    return fmt::format("The data set {} has no unlabelled examples, which the networks are fitted to.",
                       data.info().name);
  return lacks_probe_splits(data);
}

}  // namespace refract
