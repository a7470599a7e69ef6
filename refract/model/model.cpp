#include "refract/model/model.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/full.h>
#include <ATen/ops/multinomial.h>
#include <ATen/ops/one_hot.h>
#include <ATen/ops/zeros.h>
#include <fmt/format.h>

#include <algorithm>

#include "refract/core/errors.h"

namespace refract {
namespace {

template <class Match>
size_t find_block(const Model& model, std::string_view wanted, Match match) {
  const std::vector<Block>& blocks = model.blocks();
  const auto found = std::find_if(blocks.begin(), blocks.end(), match);
  if (found != blocks.end()) return static_cast<size_t>(found - blocks.begin());
  throw BadInput(fmt::format("Looking for the latent block '{}': this model has {}.", wanted, listed_blocks(model)));
}

// One-hot rows, [count, classes].
Tensor drawn_classes(const Tensor& shares, int64_t count, const at::Generator& generator) {
  const Tensor classes = at::multinomial(shares, count, true, generator);
  return at::one_hot(classes, shares.size(0)).to(at::kFloat);
}

}  // namespace

std::string_view name_of(Role role) {
  switch (role) {
    case Role::target:
      return "target";
    case Role::common:
      return "common";
    case Role::whole:
      return "whole";
    case Role::category:
      return "class";
    case Role::class_related:
      return "class-related";
    case Role::class_independent:
      return "class-independent";
  }
  return "";
}

Gaussian Model::prior(size_t block) const {
  const Block& its = blocks().at(block);
  if (its.categorical || !its.prior) return {};
  return {at::zeros({1, its.size}), at::zeros({1, its.size})};
}

Tensor Model::class_shares(size_t block) const {
  const int64_t classes = blocks().at(block).size;
  return at::full({classes}, 1.0 / static_cast<double>(classes));
}

Codes draw_prior(const Model& model, int64_t count, const at::Generator& generator, const Codes& known) {
  const at::NoGradGuard no_grad;
  const std::vector<Block>& blocks = model.blocks();
  Codes codes = known;
  codes.resize(blocks.size());
  for (size_t b = 0; b < blocks.size(); ++b)
    if (blocks[b].categorical && blocks[b].prior && !codes[b].defined())
      codes[b] = drawn_classes(model.class_shares(b), count, generator);
  for (size_t b = 0; b < blocks.size(); ++b) {
    if (codes[b].defined()) continue;
    const Gaussian of_model = model.prior(b);
    if (!of_model.mean.defined()) continue;
    const Gaussian prior{of_model.mean.to(at::kCPU), of_model.log_variance.to(at::kCPU)};
    const Gaussian rows = blocks[b].given ? prior.mixed(codes.at(*blocks[b].given)) : prior.repeated(count);
    codes[b] = rows.sample(generator);
  }
  return codes;
}

std::string listed_blocks(const Model& model) {
  std::string known;
  for (const Block& block : model.blocks())
    known += fmt::format("{}{} ({})", known.empty() ? "" : ", ", block.name, name_of(block.role));
  return known;
}

size_t block_of(const Model& model, Role role) {
  return find_block(model, name_of(role), [&](const Block& b) { return b.role == role; });
}

bool has_block(const Model& model, Role role) {
  const std::vector<Block>& blocks = model.blocks();
  return std::any_of(blocks.begin(), blocks.end(), [&](const Block& b) { return b.role == role; });
}

size_t block_named(const Model& model, std::string_view name) {
  return find_block(model, name, [&](const Block& b) { return b.name == name; });
}

std::string lacks_encoder(const Model& model) {
  if (model.encodes()) return "";
  return fmt::format(
      "This needs the codes of given examples, but the model has no encoder for its blocks {}. Take a run of a method "
      "that has one.",
      listed_blocks(model));
}

std::string lacks_generator(const Model& model) {
  if (model.generates()) return "";
  return fmt::format(
      "This makes examples from codes, but the model has no generator, only an encoder for its blocks {}. Take a run "
      "of "
      "a method that has one.",
      listed_blocks(model));
}

std::string lacks_reconstruction(const Model& model) {
  const std::string missing = lacks_encoder(model);
  return missing.empty() ? lacks_generator(model) : missing;
}

std::string lacks_prior(const Model& model) {
  for (size_t b = 0; b < model.blocks().size(); ++b)
    if (const std::string missing = lacks_prior(model, b); !missing.empty()) return missing;
  return "";
}

std::string lacks_prior(const Model& model, size_t block) {
  const Block& its = model.blocks().at(block);
  if (its.prior) return "";
  return fmt::format(
      "This draws codes from the prior, but the model has no prior for its block {}. Take a run of a method that has "
      "one, or a command that starts from examples, such as transfer.",
      its.name);
}

int64_t examples_at_once(const Model& model, int64_t most) {
  constexpr int64_t usual_pixels = int64_t{64} * 64;
  const int64_t pixels = std::max(model.space().height() * model.space().width(), usual_pixels);
  return std::max<int64_t>(1, most * usual_pixels / pixels);
}

Codes encode_all(const Model& model, const Tensor& examples, int64_t slice) {
  if (const std::string missing = lacks_encoder(model); !missing.empty()) throw BadInput(missing);
  const at::NoGradGuard no_grad;
  std::vector<std::vector<Tensor>> parts(model.blocks().size());
  for (const Tensor& some : examples.split(examples_at_once(model, slice))) {
    const Codes codes = model.encode(some);
    for (size_t b = 0; b < codes.size(); ++b) parts[b].push_back(codes[b]);
  }
  Codes all;
  for (const auto& block : parts) all.push_back(at::cat(block));
  return all;
}

Tensor decode_all(const Model& model, const Codes& codes, int64_t slice) {
  if (const std::string missing = lacks_generator(model); !missing.empty()) throw BadInput(missing);
  const at::NoGradGuard no_grad;
  std::vector<Tensor> images;
  const int64_t count = codes.at(0).size(0);
  const int64_t step = examples_at_once(model, slice);
  for (int64_t from = 0; from < count; from += step) {
    Codes some;
    for (const Tensor& code : codes) some.push_back(code.slice(0, from, from + step));
    images.push_back(model.decode(some));
  }
  return at::cat(images);
}

}  // namespace refract
