#include "refract/model/class_codes.h"

#include <ATen/ops/stack.h>
#include <fmt/format.h>

#include <algorithm>

#include "refract/model/class_pairs.h"

namespace refract {
namespace {

constexpr int64_t kClassesCompared = 2;

// Whether the block is no category, and its prior depends on this one, or not.
std::vector<size_t> blocks_that_depend(const Model& model, size_t category, bool wanted) {
  std::vector<size_t> found;
  for (size_t b = 0; b < model.blocks().size(); ++b) {
    const Block& block = model.blocks()[b];
    if (!block.categorical && (block.given == category) == wanted) found.push_back(b);
  }
  return found;
}

// Row d has dimension d of the block at `value`: [dimensions, size] a block.
Codes with_each_dimension_at(const Codes& noise, size_t block, double value) {
  const int64_t dimensions = noise.at(block).size(1);
  Codes all;
  for (const Tensor& row : noise) all.push_back(row.repeat({dimensions, 1}));
  all[block].diagonal().fill_(value);
  return all;
}

}  // namespace

std::vector<size_t> categories_of(const Model& model) {
  std::vector<size_t> found;
  for (size_t b = 0; b < model.blocks().size(); ++b)
    if (model.blocks()[b].categorical) found.push_back(b);
  return found;
}

std::string lacks_class_samples(const Model& model) {
  if (const std::string missing = lacks_generator(model); !missing.empty()) return missing;
  if (categories_of(model).empty())
    return fmt::format(
        "This shows examples class by class, but the model has no classes, only the blocks {}. Take a run of a method "
        "with classes, such as partedvae or lrlivae.",
        listed_blocks(model));
  return lacks_prior(model);
}

Codes prior_noise(const Model& model, int64_t count, const at::Generator& generator) {
  Codes noise = draw_prior(model, count, generator);
  for (size_t b = 0; b < noise.size(); ++b)
    if (!model.blocks()[b].categorical) noise[b].normal_(0, 1, generator);
  return noise;
}

Codes noise_of_class(Codes noise, size_t category, int64_t index) {
  Tensor& classes = noise.at(category);
  classes = one_class(index, classes.size(1), classes.size(0));
  return noise;
}

Codes codes_of_noise(const Model& model, Codes noise) {
  const at::NoGradGuard no_grad;
  for (size_t b = 0; b < noise.size(); ++b) {
    const Block& block = model.blocks()[b];
    if (block.categorical) continue;
    const Gaussian of_model = model.prior(b);
    const Gaussian prior{of_model.mean.to(at::kCPU), of_model.log_variance.to(at::kCPU)};
    const Gaussian rows = block.given ? prior.mixed(noise.at(*block.given)) : prior.repeated(noise[b].size(0));
    noise[b] = rows.mean + (0.5 * rows.log_variance).exp() * noise[b];
  }
  return noise;
}

std::vector<size_t> blocks_given(const Model& model, size_t category) {
  return blocks_that_depend(model, category, true);
}

std::vector<size_t> blocks_not_given(const Model& model, size_t category) {
  return blocks_that_depend(model, category, false);
}

std::vector<int64_t> strongest_dimensions(const Model& model, const Codes& noise, size_t category, size_t block,
                                          int64_t most) {
  const at::NoGradGuard no_grad;
  std::vector<Tensor> changes;
  for (int64_t k = 0; k < std::min(kClassesCompared, model.blocks().at(category).size); ++k) {
    const Codes of_class = noise_of_class(noise, category, k);
    const auto decoded = [&](double value) {
      return decode_all(model, codes_of_noise(model, with_each_dimension_at(of_class, block, value)));
    };
    changes.push_back((decoded(1) - decoded(-1)).abs().flatten(1).sum(1).to(at::kCPU));
  }
  const Tensor order = at::stack(changes).mean(0).argsort(/*stable=*/true, 0, /*descending=*/true).contiguous();
  const int64_t count = std::min(most, order.numel());
  return {order.data_ptr<int64_t>(), order.data_ptr<int64_t>() + count};
}

}  // namespace refract
