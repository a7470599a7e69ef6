#include "refract/model/dimensions.h"

#include <ATen/ops/linspace.h>
#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "refract/core/generator.h"
#include "refract/core/random.h"

namespace refract {
namespace {

constexpr double kTail = 0.02;
constexpr int64_t kDraws = 2000;

Tensor prior_codes(const Model& model, size_t block, uint64_t seed) {
  return draw_prior(model, kDraws, generator_of(mix(seed, Stream::figures))).at(block);
}

// What each dimension of the block says: [D].
Tensor information(const Model& model, const Tensor& images, const Tensor& means, size_t block) {
  const Codes kl = model.kl(images);
  const bool known = block < kl.size() && kl[block].defined();
  return known ? kl[block].mean(0).to(at::kCPU) : means.var(0, false);
}

}  // namespace

std::vector<Dimension> ranked_dimensions(const Model& model, const Tensor& images, size_t block, Range range,
                                         uint64_t seed) {
  const at::NoGradGuard no_grad;
  const Tensor means = encode_all(model, images).at(block).to(at::kCPU);
  const Tensor codes =
      (range == Range::prior && model.blocks()[block].prior ? prior_codes(model, block, seed) : means).to(at::kCPU);
  const Tensor low = codes.quantile(kTail, 0);
  const Tensor high = codes.quantile(1 - kTail, 0);
  const Tensor says = information(model, images, means, block);
  std::vector<Dimension> dimensions;
  for (int64_t d = 0; d < says.size(0); ++d)
    dimensions.push_back({block, d, says[d].item<double>(), low[d].item<double>(), high[d].item<double>()});
  std::stable_sort(dimensions.begin(), dimensions.end(),
                   [](const Dimension& a, const Dimension& b) { return a.kl > b.kl; });
  return dimensions;
}

Tensor steps_of(const Dimension& dimension, int64_t count) {
  return at::linspace(dimension.low, dimension.high, count);
}

std::string dimension_name(const Block& block, int64_t index) {
  if (block.size == 1) return block.name;
  const bool numbered = std::isdigit(static_cast<unsigned char>(block.name.back())) != 0;
  return fmt::format("{}{}{}", block.name, numbered ? "." : "", index + 1);
}

}  // namespace refract
