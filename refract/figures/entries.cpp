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
      at::make_generator<at::CPUGeneratorImpl>(mix(mix(seed, Stream::figures, turn), static_cast<uint64_t>(split)));
  const Tensor order = at::randperm(all, generator).slice(0, 0, std::min(all, count)).contiguous();
  return data.images(split, {order.data_ptr<int64_t>(), order.data_ptr<int64_t>() + order.numel()});
}

std::string lacks_images(const DataSource& data) {
  if (data.count(Split::unlabelled) > 0) return "";
  return fmt::format("The data set {} has no unlabelled images to show.", data.info().name);
}

}  // namespace refract
