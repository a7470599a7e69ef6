#include "refract/model/manipulate.h"

#include <ATen/ops/stack.h>
#include <fmt/format.h>

#include "refract/core/errors.h"
#include "refract/core/generator.h"
#include "refract/core/random.h"

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

}  // namespace

Pictures encoded(const Model& model, const Tensor& images) {
  return {images, encode_checked(model, images)};
}

size_t exchanged_block(const Model& model) {
  const std::string missing = lacks_exchange(model);
  if (!missing.empty()) throw BadInput(missing);
  return block_of(model, has_block(model, Role::target) ? Role::target : Role::class_independent);
}

std::string lacks_synthesis(const Model& model) {
  const std::string missing = lacks_exchange(model);
  if (!missing.empty() || model.blocks()[exchanged_block(model)].prior) return missing;
  return lacks_prior(model);
}

std::string lacks_exchange(const Model& model) {
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
  Codes all = of_images;
  const int64_t images = all.at(block).size(0);
  for (size_t b = 0; b < all.size(); ++b)
    all[b] = b == block ? all_repeated(codes.to(all[b].options()), images) : each_repeated(all[b], codes.size(0));
  return tabled(decode_cpu(model, all), images);
}

Tensor synthesize(const Model& model, const Tensor& images, int64_t variants, uint64_t seed) {
  if (const std::string missing = lacks_synthesis(model); !missing.empty()) throw BadInput(missing);
  return exchange(model, images, exchanged_block(model), prior_variants(model, variants, seed));
}

Tensor prior_variants(const Model& model, int64_t variants, uint64_t seed) {
  return draw_prior(model, variants, generator_of(mix(seed, Stream::figures))).at(exchanged_block(model));
}

Tensor transfer(const Model& model, const Tensor& target, const Tensor& common) {
  const size_t block = exchanged_block(model);
  return exchange(model, common, block, encode_checked(model, target)[block]);
}

Tensor sample(const Model& model, int64_t panels, int64_t positions, uint64_t seed) {
  return tabled(decode_cpu(model, sample_codes(model, panels, positions, seed)), panels);
}

Codes sample_codes(const Model& model, int64_t panels, int64_t positions, uint64_t seed) {
  if (const std::string missing = lacks_prior(model); !missing.empty()) throw BadInput(missing);
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

Tensor traverse(const Model& model, const Tensor& images, size_t block, int64_t d, const Tensor& values) {
  Codes codes = encode_checked(model, images);
  for (Tensor& code : codes) code = each_repeated(code, values.size(0));
  Tensor moving = codes.at(block).select(1, d);
  moving.copy_(values.repeat({images.size(0)}));
  return tabled(decode_cpu(model, codes), images.size(0));
}

}  // namespace refract
