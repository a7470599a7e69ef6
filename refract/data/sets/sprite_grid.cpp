#include "refract/data/sets/sprite_grid.h"

#include <ATen/ops/_unique2.h>
#include <ATen/ops/empty.h>

#include <algorithm>
#include <utility>

#include "refract/data/files/resize.h"

namespace refract {

IndexedExamples sprite_grid(std::string name, int64_t size, const Tensor& latents, const DrawOptions& draw) {
  IndexedExamples all;
  all.info.name = std::move(name);
  all.info.space = Space::square(1, size);
  all.info.factors = {"shape", "scale", "orientation", "position_x", "position_y"};
  all.info.classes = {"square", "ellipse", "heart"};
  all.labels = latents.select(1, 0).contiguous();
  all.factors = at::empty(latents.sizes(), at::kFloat);
  for (int64_t k = 0; k < latents.size(1); ++k) {
    const auto [values, ranks, counts] = at::_unique2(latents.select(1, k).contiguous(), true, true);
    all.info.factor_sizes.push_back(values.size(0));
    all.factors.select(1, k).copy_(ranks.to(at::kFloat) /
                                   static_cast<double>(std::max<int64_t>(values.size(0) - 1, 1)));
  }
  all.splits = splits_of(all.info.name, latents.size(0), draw);
  return all;
}

Tensor sprite_bytes(const Tensor& images, int64_t size) {
  return resized((images.to(at::kByte) * 255).unsqueeze(1), size);
}

}  // namespace refract
