#include "refract/model/class_pairs.h"

#include <ATen/ops/zeros.h>
#include <fmt/format.h>

#include <algorithm>

namespace refract {

std::vector<ClassPair> class_pairs(const Model& model) {
  const at::NoGradGuard no_grad;
  std::vector<size_t> categories, related;
  for (size_t b = 0; b < model.blocks().size(); ++b) {
    if (model.blocks()[b].role == Role::category) categories.push_back(b);
    if (model.blocks()[b].role == Role::class_related) related.push_back(b);
  }
  std::vector<ClassPair> pairs;
  for (size_t k = 0; k < std::min(categories.size(), related.size()); ++k) {
    const Gaussian prior = model.class_prior(related[k]);
    if (prior.mean.defined())
      pairs.push_back({categories[k], related[k], {prior.mean.to(at::kCPU), prior.log_variance.to(at::kCPU)}});
  }
  return pairs;
}

std::string lacks_classes(const Model& model) {
  if (!class_pairs(model).empty()) return "";
  return fmt::format("This figure shows classes and the priors of what they determine; the model's blocks are {}.",
                     listed_blocks(model));
}

Tensor one_class(int64_t index, int64_t classes, int64_t count) {
  Tensor rows = at::zeros({count, classes});
  rows.select(1, index).fill_(1);
  return rows;
}

}  // namespace refract
