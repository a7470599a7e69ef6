#include "refract/eval/features.h"

#include <ATen/ops/adaptive_avg_pool2d.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/linalg_eigh.h>
#include <fmt/format.h>

#include <algorithm>

#include "refract/core/errors.h"
#include "refract/core/generator.h"
#include "refract/core/random.h"
#include "refract/eval/baselines.h"

namespace refract {
namespace {

constexpr int64_t kPixelComponents = 64;

using Encoding = std::function<Codes(const Tensor& images)>;

Codes encode_split(const Model& model, const DataSource& data, Split split, const Encoding& encode) {
  const at::NoGradGuard no_grad;
  std::vector<std::vector<Tensor>> parts(model.blocks().size());
  for_each_slice(data, split, [&](const Tensor& images) {
    const Codes codes = encode(images);
    for (size_t b = 0; b < codes.size(); ++b) parts[b].push_back(codes[b].to(at::kCPU));
  });
  Codes codes;
  for (const auto& block : parts)
    if (!block.empty()) codes.push_back(at::cat(block));
  return codes;
}

Tensor raw_split(const DataSource& data, Split split) {
  std::vector<Tensor> parts;
  for_each_slice(data, split, [&](const Tensor& x) { parts.push_back(raw_values(data.info().space, x)); });
  return at::cat(parts);
}

// The `most` directions [D, at most `most`] in which centred rows [N, D] vary most.
Tensor principal_directions(const Tensor& centred, int64_t most) {
  constexpr double rounding = 1e-6;
  const auto [variances, directions] = at::linalg_eigh(centred.t().matmul(centred).to(at::kDouble));
  const auto varying = variances.gt(variances.max() * rounding).sum().item<int64_t>();
  return directions.slice(1, directions.size(1) - std::min(most, varying)).to(centred.scalar_type());
}

// By least squares on all pixels, one that is lit in a few images alone would decide what is said of others. Components
// of fewer directions than images bound that, and the time.
FeatureSet pixel_set(const DataSource& data) {
  const Tensor fit = raw_split(data, Split::fit);
  const Tensor mean = fit.mean(0, true);
  const int64_t most = std::clamp<int64_t>(fit.size(0) / 4, 1, kPixelComponents);
  const Tensor directions = principal_directions(fit - mean, most);
  return {raw_row(data.info().space), (fit - mean).matmul(directions),
          (raw_split(data, Split::score) - mean).matmul(directions)};
}

}  // namespace

Codes split_codes(const Model& model, const DataSource& data, Split split) {
  return encode_split(model, data, split, [&](const Tensor& images) { return model.encode(images); });
}

std::vector<FeatureSet> feature_sets(const Model& model, const DataSource& data) {
  const Codes fit = split_codes(model, data, Split::fit);
  const Codes score = split_codes(model, data, Split::score);
  std::vector<FeatureSet> sets;
  std::string together;
  for (size_t b = 0; b < fit.size(); ++b) {
    const std::string& name = model.blocks()[b].name;
    together += (together.empty() ? "" : " and ") + name;
    sets.push_back({name, fit[b], score[b]});
  }
  if (fit.size() > 1) sets.push_back({together, at::cat(fit, 1), at::cat(score, 1)});
  return sets;
}

std::vector<FeatureSet> drawn_feature_sets(const Model& model, const DataSource& data) {
  const at::Generator generator = generator_of(mix(0, MetricDraw::examples));
  const auto draws = [&](const Tensor& examples) { return model.draw(examples, generator); };
  const Codes fit = encode_split(model, data, Split::fit, draws);
  const Codes score = encode_split(model, data, Split::score, draws);
  std::vector<FeatureSet> sets;
  for (size_t b = 0; b < fit.size(); ++b) sets.push_back({model.blocks()[b].name + " (drawn)", fit[b], score[b]});
  return sets;
}

std::vector<FeatureSet> baseline_sets(const DataSource& data, const Model* untrained) {
  std::vector<FeatureSet> sets;
  if (untrained != nullptr) {
    sets.push_back(feature_sets(*untrained, data).back());
    sets.back().name = untrained_row;
  }
  sets.push_back(pixel_set(data));
  return sets;
}

std::string baseline_protocol(const DataSource& data, const Model* untrained) {
  std::string text = untrained_protocol(untrained);
  const Space& space = data.info().space;
  text += space.is_picture() ? "Raw pixels:" : "Raw values:";
  if (space.is_picture() && space.longer_side() > kRawSide) text += fmt::format(" averaged to {0}x{0},", kRawSide);
  return text +
         fmt::format(
             " their first principal components, at most {} and at most a quarter of the number of fitting examples.",
             kPixelComponents);
}

FeatureSet within_fit(const Model& model, const DataSource& data, const std::string& block) {
  constexpr int64_t fewest = 8;
  const int64_t count = data.count(Split::fit);
  if (count < fewest)
    throw BadInput(fmt::format("Choosing by the fitting split of {}: expected at least {} examples, found {}.",
                               data.info().name, fewest, count));
  const Tensor codes = split_codes(model, data, Split::fit).at(block_named(model, block));
  const int64_t fitted = count * 3 / 4;
  return {block, codes.slice(0, 0, fitted), codes.slice(0, fitted)};
}

void for_each_slice(const DataSource& data, Split split, const SliceUse& use) {
  for_each_slice(data, split, all_indices(data.count(split)), use);
}

void for_each_slice(const DataSource& data, Split split, const Indices& rows, const SliceUse& use) {
  constexpr int64_t slice = 250;  // held at a time
  for (auto from = rows.begin(); from != rows.end();) {
    const auto to = from + std::min<int64_t>(slice, rows.end() - from);
    use(data.examples(split, Indices(from, to)));
    from = to;
  }
}

Tensor raw_values(const Space& space, const Tensor& x) {
  if (!space.is_picture()) return comparable(space, x);
  const std::vector<int64_t> sides = {std::min(space.height(), kRawSide), std::min(space.width(), kRawSide)};
  return at::adaptive_avg_pool2d(x, sides).flatten(1);
}

Tensor comparable(const Space& space, const Tensor& x) {
  return space.values == Values::counts ? x * (space.library / x.sum(1, true).clamp_min(1)) : x;
}

void expect_finite(const std::string& what, const Tensor& values) {
  if (!at::isfinite(values).all().item<bool>())
    throw BadInput(
        fmt::format("Measuring {}: expected finite numbers, found NaN or infinity; a model whose training diverged "
                    "gives such codes.",
                    what));
}

std::string lacks_probe_splits(const DataSource& data) {
  for (const Split split : {Split::fit, Split::score})
    if (data.count(split) == 0)
      return fmt::format("The data set {} has no {} examples, which the probes need.", data.info().name,
                         name_of(split));
  return "";
}

}  // namespace refract
