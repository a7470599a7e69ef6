#include "refract/data/source.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "refract/core/errors.h"

namespace refract {

size_t place_of(Split split) {
  return static_cast<size_t>(std::find(all_splits.begin(), all_splits.end(), split) - all_splits.begin());
}

std::string_view name_of(Split split) {
  constexpr std::array<std::string_view, all_splits.size()> names = {"unlabelled", "reference",     "fit",
                                                                     "score",      "reference fit", "reference score"};
  return names.at(place_of(split));
}

Tensor DataSource::factors(Split split, const Indices& /*indices*/) const {
  throw BadInput(fmt::format("Reading factors of {} ({}): this data set has no ground-truth factors.", info().name,
                             name_of(split)));
}

Tensor DataSource::labels(Split split, const Indices& /*indices*/) const {
  throw BadInput(fmt::format("Reading labels of {} ({}): this data set has no labels.", info().name, name_of(split)));
}

Tensor DataSource::attributes(Split split, const Indices& indices) const {
  return labels(split, indices).unsqueeze(1);
}

Tensor DataSource::colours(Split split, const Indices& /*indices*/) const {
  throw BadInput(fmt::format("Reading colours of {} ({}): this data set has none.", info().name, name_of(split)));
}

namespace {

// Of tables that are not standardised there is nothing to do.
template <class Change>
void change_columns(float* values, int64_t rows, const TableColumns& columns, Change change) {
  const size_t width = columns.scale.size();
  for (size_t i = 0; i < static_cast<size_t>(rows) * width; ++i)
    values[i] = change(values[i], columns.centre[i % width], columns.scale[i % width]);
}

}  // namespace

void to_standard(float* values, int64_t rows, const TableColumns& columns) {
  change_columns(values, rows, columns,
                 [](float x, double centre, double scale) { return static_cast<float>((x - centre) / scale); });
}

void to_table_units(float* values, int64_t rows, const TableColumns& columns) {
  change_columns(values, rows, columns,
                 [](float x, double centre, double scale) { return static_cast<float>(x * scale + centre); });
}

Split split_for_show(const DataSource& data) {
  return data.count(Split::score) > 0 ? Split::score : Split::unlabelled;
}

Indices all_indices(int64_t count) {
  Indices indices(static_cast<size_t>(count));
  std::iota(indices.begin(), indices.end(), int64_t{0});
  return indices;
}

void add_note(DataInfo& info, const std::string& sentence) {
  if (!info.note.empty() && !sentence.empty()) info.note += ' ';
  info.note += sentence;
}

std::vector<Attribute> attributes_of(const DataInfo& info) {
  if (!info.attributes.empty() || info.classes.empty()) return info.attributes;
  return {{class_attribute, info.classes}};
}

}  // namespace refract
