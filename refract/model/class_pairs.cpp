#include "refract/model/class_pairs.h"

#include <ATen/ops/zeros.h>
#include <fmt/format.h>

#include <algorithm>

namespace refract {

std::vector<ClassPair> class_pairs(const Model& model) {
  const at::NoGradGuard no_grad;
  std::vector<ClassPair> pairs;
  for (size_t b = 0; b < model.blocks().size(); ++b) {
    if (!model.blocks()[b].given) continue;
    const Gaussian prior = model.prior(b);
    pairs.push_back({*model.blocks()[b].given, b, {prior.mean.to(at::kCPU), prior.log_variance.to(at::kCPU)}});
  }
  return pairs;
}

std::string lacks_classes(const Model& model) {
  if (!class_pairs(model).empty()) return "";
  return fmt::format("This figure shows the priors of what classes determine; the model's blocks are {}.",
                     listed_blocks(model));
}

Tensor one_class(int64_t index, int64_t classes, int64_t count) {
  Tensor rows = at::zeros({count, classes});
  rows.select(1, index).fill_(1);
  return rows;
}

}  // namespace refract
