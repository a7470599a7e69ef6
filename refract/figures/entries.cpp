#include "refract/figures/entries.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/ops/randperm.h>
#include <fmt/format.h>

#include <algorithm>

#include "refract/core/random.h"

namespace refract {

Tensor pick(const DataSource& data, Split split, int64_t count, uint64_t seed, uint64_t turn) {
  const int64_t all = data.count(split);
  if (all == 0) return {};
  const auto generator =
      at::make_generator<at::CPUGeneratorImpl>(mix(mix(seed, Stream::figures, turn), place_of(split)));
  const Tensor order = at::randperm(all, generator).slice(0, 0, std::min(all, count)).contiguous();
  return data.examples(split, {order.data_ptr<int64_t>(), order.data_ptr<int64_t>() + order.numel()});
}

std::string lacks_images(const DataSource& data) {
  if (!data.info().space.is_picture())
    return fmt::format("This figure shows pictures, and the data set {} has {}.", data.info().name,
                       text_of(data.info().space));
  if (data.count(Split::unlabelled) > 0) return "";
  return fmt::format("The data set {} has no unlabelled images to show.", data.info().name);
}

std::string lacks_pictures(const Model& model) {
  if (model.space().is_picture()) return "";
  return fmt::format("This figure shows pictures, and the model makes {}.", text_of(model.space()));
}

}  // namespace refract
