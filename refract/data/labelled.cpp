#include "refract/data/labelled.h"

#include <fmt/format.h>

#include <algorithm>

#include "refract/core/errors.h"
#include "refract/data/order.h"

namespace refract {
namespace {

// Every image's row of attributes, [N, K].
Tensor all_attributes(const DataSource& source) {
  return source.attributes(Split::unlabelled, all_indices(source.count(Split::unlabelled)));
}

Indices draw_balanced(const DataInfo& info, const Tensor& attributes, int64_t count, uint64_t key) {
  const int64_t which = descriptive_columns(info).front();
  const Attribute first = attributes_of(info).at(static_cast<size_t>(which));
  const auto classes = static_cast<int64_t>(first.values.size());
  std::vector<int64_t> wanted(first.values.size(), count / classes);
  for (int64_t c = 0; c < count % classes; ++c) ++wanted[static_cast<size_t>(c)];
  const Tensor column = attributes.select(1, which).contiguous();
  const auto* values = column.data_ptr<int64_t>();
  Indices drawn;
  for (const int64_t image : permutation(column.numel(), key))
    if (values[image] >= 0 && wanted.at(static_cast<size_t>(values[image]))-- > 0) drawn.push_back(image);
  for (size_t c = 0; c < wanted.size(); ++c)
    if (wanted[c] > 0)
      throw BadInput(
          fmt::format("Choosing {} labelled examples of {}, as many of each {}: {} more are wanted of '{}' than there "
                      "are. Ask for fewer labels, or choose them at random.",
                      count, info.name, first.name, wanted[c], first.values[c]));
  return drawn;
}

Indices draw_any(const DataInfo& info, const Tensor& attributes, int64_t count, uint64_t key) {
  const Tensor known = (attributes >= 0).any(1);
  const auto* is_known = known.data_ptr<bool>();
  Indices drawn = permutation(known.numel(), key);
  std::erase_if(drawn, [&](int64_t image) { return !is_known[image]; });
  if (static_cast<int64_t>(drawn.size()) < count)
    throw BadInput(fmt::format("Choosing {} labelled examples of {}: {} have a label. Ask for fewer labels.", count,
                               info.name, drawn.size()));
  drawn.resize(static_cast<size_t>(count));
  return drawn;
}

}  // namespace

void check_labels(const DataInfo& info) {
  if (!attributes_of(info).empty()) return;
  throw BadInput(fmt::format(
      "Loading batches of {}: the method learns from labels, and this data has none. Choose a data set that "
      "has them (`refract list data`), or a method that needs none. For your own images, each sub-folder of "
      "--unlabelled is a class; for your own table, --label names the column of the label.",
      info.name));
}

std::vector<int64_t> descriptive_columns(const DataInfo& info) {
  const std::vector<Attribute> attributes = attributes_of(info);
  std::vector<int64_t> columns;
  for (size_t k = 0; k < attributes.size(); ++k)
    if (!attributes[k].identity) columns.push_back(static_cast<int64_t>(k));
  return columns.empty() ? all_indices(std::ssize(attributes)) : columns;
}

Indices draw_labelled(const DataSource& source, int64_t count, bool balanced, uint64_t key) {
  check_labels(source.info());
  const Tensor attributes = all_attributes(source);
  Indices drawn =
      balanced ? draw_balanced(source.info(), attributes, count, key) : draw_any(source.info(), attributes, count, key);
  std::sort(drawn.begin(), drawn.end());
  return drawn;
}

}  // namespace refract
