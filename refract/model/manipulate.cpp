#include "refract/model/manipulate.h"

#include <ATen/ops/linspace.h>
#include <ATen/ops/one_hot.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>
#include <fmt/format.h>

#include <algorithm>

#include "refract/core/errors.h"
#include "refract/core/generator.h"
#include "refract/core/random.h"
#include "refract/model/generated.h"

namespace refract {
namespace {

Codes encode_checked(const Model& model, const Tensor& examples) {
  const std::vector<int64_t>& sizes = model.space().sizes;
  if (examples.dim() == 0 || examples.size(0) == 0 || examples.sizes().slice(1).vec() != sizes)
    throw BadInput(fmt::format("Encoding examples: this model expects [N, {}] with N >= 1, found [{}].",
                               fmt::join(sizes, ", "), fmt::join(examples.sizes(), ", ")));
  return encode_all(model, examples);
}

Tensor decode_cpu(const Model& model, const Codes& codes) {
  return decode_all(model, codes).to(at::kCPU);
}

// [N, D] and [M, D] -> every pair, as [N * M, D] each.
Tensor each_repeated(const Tensor& codes, int64_t times) {
  return codes.repeat_interleave(times, 0);
}
Tensor all_repeated(const Tensor& codes, int64_t times) {
  return codes.repeat({times, 1});
}

// [R * K, sizes...] as [R, K, sizes...].
Tensor tabled(const Tensor& examples, int64_t rows) {
  return examples.unflatten(0, {rows, examples.size(0) / rows});
}

// Of a block whose prior depends on a class, for the likeliest class of each image: [N, variants, size].
Tensor variants_of_class(const Model& model, const Codes& of_images, size_t block, int64_t variants,
                         const at::Generator& generator) {
  const size_t category = *model.blocks()[block].given;
  const Tensor likeliest = of_images.at(category).to(at::kCPU).argmax(1);
  const Tensor classes = at::one_hot(likeliest, model.blocks()[category].size).to(at::kFloat);
  const Gaussian of_model = model.prior(block);
  const Gaussian prior = Gaussian{of_model.mean.to(at::kCPU), of_model.log_variance.to(at::kCPU)}.mixed(classes);
  const Tensor zeros = at::zeros({variants, model.blocks()[block].size});
  const Tensor noise = Gaussian{zeros, zeros}.sample(generator);
  return prior.mean.unsqueeze(1) + (0.5 * prior.log_variance).exp().unsqueeze(1) * noise;
}

}  // namespace

Pictures encoded(const Model& model, const Tensor& images) {
  return {images, encode_checked(model, images)};
}

size_t exchanged_block(const Model& model) {
  const std::string missing = lacks_exchange(model);
  if (!missing.empty()) throw BadInput(missing);
  return block_of(model, has_block(model, Role::target) ? Role::target : Role::class_independent);
}

size_t exchanged_block(const Model& model, const std::string& name) {
  if (name.empty()) return exchanged_block(model);
  const size_t block = block_named(model, name);
  if (model.blocks().size() > 1) return block;
  throw BadInput(fmt::format("This exchanges the block {} and keeps the others, but the model has no others: only {}.",
                             name, listed_blocks(model)));
}

std::vector<size_t> with_dependents(const Model& model, size_t block) {
  std::vector<size_t> together;
  for (size_t b = 0; b < model.blocks().size(); ++b)
    if (b == block || model.blocks()[b].given == block) together.push_back(b);
  return together;
}

std::string joined_names(const Model& model, const std::vector<size_t>& blocks) {
  std::string names;
  for (size_t i = 0; i < blocks.size(); ++i) {
    const std::string before = i == 0 ? "" : i + 1 == blocks.size() ? " and " : ", ";
    names += fmt::format("{}{}", before, model.blocks().at(blocks[i]).name);
  }
  return names;
}

std::string lacks_synthesis(const Model& model) {
  const std::string missing = lacks_exchange(model);
  return missing.empty() ? lacks_prior(model, exchanged_block(model)) : missing;
}

std::string lacks_exchange(const Model& model) {
  if (const std::string missing = lacks_reconstruction(model); !missing.empty()) return missing;
  const bool found = has_block(model, Role::target) || has_block(model, Role::class_independent);
  if (found && model.blocks().size() > 1) return "";
  return fmt::format(
      "This exchanges the target block or the class-independent block and keeps the others, but the model has {}.",
      listed_blocks(model));
}

Tensor reconstruct(const Model& model, const Tensor& images) {
  return decode_cpu(model, encode_checked(model, images));
}

Tensor neutralize(const Model& model, const Tensor& images) {
  const Tensor reference = model.reference_code();
  if (!reference.defined()) return {};
  const size_t target = block_of(model, Role::target);
  return exchange(model, images, target, reference.detach().unsqueeze(0)).squeeze(1);
}

Tensor exchange(const Model& model, const Tensor& images, size_t block, const Tensor& codes) {
  return exchange(model, encode_checked(model, images), block, codes);
}

Tensor exchange(const Model& model, const Codes& of_images, size_t block, const Tensor& codes) {
  Codes columns(of_images.size());
  columns.at(block) = codes;
  return exchange(model, of_images, columns);
}

Tensor exchange(const Model& model, const Codes& of_images, const Codes& columns) {
  const auto given = std::find_if(columns.begin(), columns.end(), [](const Tensor& c) { return c.defined(); });
  if (given == columns.end()) throw BadInput("Exchanging blocks: expected codes of at least one block, found none.");
  const int64_t count = given->size(-2);
  const int64_t images = of_images.at(0).size(0);
  Codes all = of_images;
  for (size_t b = 0; b < all.size(); ++b) {
    const Tensor& codes = columns.at(b);
    if (!codes.defined())
      all[b] = each_repeated(all[b], count);
    else if (codes.dim() == 3)
      all[b] = codes.to(all[b].options()).flatten(0, 1);
    else
      all[b] = all_repeated(codes.to(all[b].options()), images);
  }
  return tabled(decode_cpu(model, all), images);
}

Tensor synthesize(const Model& model, const Tensor& images, int64_t variants, uint64_t seed) {
  if (const std::string missing = lacks_synthesis(model); !missing.empty()) throw BadInput(missing);
  return synthesize(model, images, variants, seed, exchanged_block(model));
}

Tensor synthesize(const Model& model, const Tensor& images, int64_t variants, uint64_t seed, size_t block) {
  const Codes codes = encode_checked(model, images);
  return exchange(model, codes, prior_columns(model, codes, block, variants, seed));
}

Codes prior_columns(const Model& model, const Codes& of_images, size_t block, int64_t variants, uint64_t seed) {
  if (const std::string missing = lacks_prior(model, block); !missing.empty()) throw BadInput(missing);
  const at::NoGradGuard no_grad;
  const at::Generator generator = generator_of(mix(seed, Stream::figures));
  const std::vector<Block>& blocks = model.blocks();
  Codes columns(blocks.size());
  if (blocks[block].given) {
    columns[block] = variants_of_class(model, of_images, block, variants, generator);
    return columns;
  }
  const Codes drawn = draw_prior(model, variants, generator);
  for (const size_t b : with_dependents(model, block)) columns[b] = drawn[b];
  return columns;
}

Tensor transfer(const Model& model, const Tensor& target, const Tensor& common) {
  return transfer(model, target, common, exchanged_block(model));
}

Tensor transfer(const Model& model, const Tensor& target, const Tensor& common, size_t block) {
  const Codes of_target = encode_checked(model, target);
  Codes columns(of_target.size());
  for (const size_t b : with_dependents(model, block)) columns[b] = of_target[b];
  return exchange(model, encode_checked(model, common), columns);
}

Tensor sample(const Model& model, int64_t panels, int64_t positions, uint64_t seed) {
  return tabled(decode_cpu(model, sample_codes(model, panels, positions, seed)), panels);
}

Codes sample_codes(const Model& model, int64_t panels, int64_t positions, uint64_t seed) {
  if (const std::string missing = lacks_generated(model); !missing.empty()) throw BadInput(missing);
  const at::Generator generator = generator_of(mix(seed, Stream::figures));
  if (!has_block(model, Role::target)) return draw_prior(model, panels * positions, generator);
  const Codes of_panels = draw_prior(model, panels, generator);
  const Codes of_positions = draw_prior(model, positions, generator);
  Codes codes;
  for (size_t b = 0; b < model.blocks().size(); ++b)
    codes.push_back(model.blocks()[b].role == Role::target ? each_repeated(of_panels[b], positions)
                                                           : all_repeated(of_positions[b], panels));
  return codes;
}

Tensor interpolate(const Model& model, const Tensor& from, const Tensor& to, size_t block,
                   const std::vector<double>& fractions) {
  if (from.sizes() != to.sizes())
    throw BadInput(fmt::format("Interpolating: expected as many images to start from as to end at, found {} and {}.",
                               from.size(0), to.size(0)));
  const Codes codes = encode_checked(model, from);
  const Tensor end = encode_checked(model, to).at(block);
  std::vector<Tensor> frames;
  frames.reserve(fractions.size());
  for (const double t : fractions) frames.push_back(interpolate(model, codes, end, block, t));
  return at::stack(frames);
}

Tensor interpolate(const Model& model, Codes from, const Tensor& to, size_t block, double t) {
  Tensor& moving = from.at(block);
  moving = moving + t * (to - moving);
  return decode_cpu(model, from);
}

std::string lacks_interpolation_grid(const Model& model) {
  if (lacks_exchange(model).empty()) return "";
  if (const std::string missing = lacks_reconstruction(model); !missing.empty()) return missing;
  return fmt::format("An interpolation grid moves two parts of the code independently, but the model has {}.",
                     listed_blocks(model));
}

std::vector<size_t> blocks_across(const Model& model, const std::string& name) {
  if (!name.empty()) return {exchanged_block(model, name)};
  if (const std::string missing = lacks_interpolation_grid(model); !missing.empty()) throw BadInput(missing);
  const size_t exchanged = exchanged_block(model);
  if (model.blocks()[exchanged].role == Role::target) return {exchanged};
  std::vector<size_t> across;
  for (size_t b = 0; b < model.blocks().size(); ++b)
    if (b != exchanged) across.push_back(b);
  return across;
}

Tensor interpolation_grid(const Model& model, const Codes& from, const Codes& to, const std::vector<size_t>& across,
                          int64_t steps) {
  const int64_t side = steps + 1;
  const Tensor way = at::linspace(0, 1, side).unsqueeze(1);
  Codes codes;
  for (size_t b = 0; b < from.size(); ++b) {
    const bool moves_across = std::find(across.begin(), across.end(), b) != across.end();
    const Tensor fractions = moves_across ? all_repeated(way, side) : each_repeated(way, side);
    codes.push_back(from[b] + fractions.to(from[b].options()) * (to.at(b) - from[b]));
  }
  return tabled(decode_cpu(model, codes), side);
}

Tensor traverse(const Model& model, const Tensor& images, size_t block, int64_t d, const Tensor& values) {
  Codes codes = encode_checked(model, images);
  for (Tensor& code : codes) code = each_repeated(code, values.size(0));
  Tensor moving = codes.at(block).select(1, d);
  moving.copy_(values.repeat({images.size(0)}));
  return tabled(decode_cpu(model, codes), images.size(0));
}

}  // namespace refract
