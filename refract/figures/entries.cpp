#include "refract/figures/entries.h"

#include <ATen/ops/randperm.h>
#include <fmt/format.h>

#include <algorithm>

#include "refract/core/generator.h"
#include "refract/core/random.h"
#include "refract/draw/canvas.h"
#include "refract/draw/sheet.h"
#include "refract/eval/features.h"
#include "refract/model/class_codes.h"
#include "refract/model/class_names.h"

namespace refract {

Indices picked(const DataSource& data, Split split, int64_t count, uint64_t seed, Turn turn) {
  const int64_t all = data.count(split);
  if (all == 0) return {};
  const at::Generator generator =
      generator_of(mix(mix(seed, Stream::figures, static_cast<uint64_t>(turn)), place_of(split)));
  const Tensor order = at::randperm(all, generator).slice(0, 0, std::min(all, count)).contiguous();
  return {order.data_ptr<int64_t>(), order.data_ptr<int64_t>() + order.numel()};
}

Tensor pick(const DataSource& data, Split split, int64_t count, uint64_t seed, Turn turn) {
  const Indices indices = picked(data, split, count, seed, turn);
  return indices.empty() ? Tensor() : data.examples(split, indices);
}

std::vector<std::string> column_names(const DataSource& data) {
  std::vector<std::string> names = data.info().columns.names;
  for (int64_t d = std::ssize(names); d < data.info().space.numel(); ++d) names.push_back(std::to_string(d + 1));
  return names;
}

Tensor in_table_units(const Tensor& rows, const DataSource& data) {
  Tensor values = comparable(data.info().space, rows).to(at::kCPU, at::kFloat).contiguous().clone();
  to_table_units(values.data_ptr<float>(), values.size(0), data.info().columns);
  return values.to(at::kDouble);
}

std::string lacks_images(const DataSource& data) {
  if (!data.info().space.is_picture())
    return fmt::format("This figure shows pictures, and the data set {} has {}.", data.info().name,
                       text_of(data.info().space));
  if (data.count(Split::unlabelled) > 0) return "";
  return fmt::format("The data set {} has no unlabelled images to show.", data.info().name);
}

std::string lacks_encoded_images(const Model& model, const DataSource& data) {
  const std::string images = lacks_images(data);
  return images.empty() ? lacks_reconstruction(model) : images;
}

void add_class_row(Panel& panel, const Model& model, size_t category, const Codes& noise, int64_t index,
                   const std::vector<Attribute>& attributes) {
  const Codes codes = codes_of_noise(model, noise_of_class(noise, category, index));
  const std::string name = class_name(model.blocks()[category], index, attributes);
  panel.rows.push_back(fitted_text(name, kLabelHeight, kRowLabelWidth));
  panel.cells.push_back(to_bytes(decode_all(model, codes)).unbind());
}

std::string lacks_pictures(const Model& model) {
  if (const std::string missing = lacks_generator(model); !missing.empty()) return missing;
  if (model.space().is_picture()) return "";
  return fmt::format("This figure shows pictures, and the model makes {}.", text_of(model.space()));
}

}  // namespace refract
