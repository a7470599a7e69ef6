#include "refract/eval/readings.h"

#include <ATen/ops/cat.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "refract/core/generator.h"
#include "refract/eval/baselines.h"
#include "refract/eval/features.h"

namespace refract {
namespace {

// The images or rows themselves are called so here.
std::vector<Baseline> baselines_beside(const DataSource& data, const LabelledPart& part, const Model* untrained) {
  constexpr std::ptrdiff_t some = 1'000;
  const Space& space = data.info().space;
  std::vector<Baseline> baselines = baselines_of(space, untrained, [&] {
    return data.examples(part.split,
                         Indices(part.rows.begin(), part.rows.begin() + std::min(std::ssize(part.rows), some)));
  });
  baselines.back().name = space.is_picture() ? "images" : "rows";
  return baselines;
}

// What there is to read of the examples of a part.
struct Seen {
  Codes means, log_variances;  // of each block
  Codes beside;                // of each baseline
};

Seen seen_of(const Model& model, const DataSource& data, const LabelledPart& part,
             const std::vector<Baseline>& baselines) {
  const size_t blocks = model.blocks().size();
  const Codes all = part_codes(data, part, [&](const Tensor& x) {
    Codes codes = model.encode(x), log_variances = model.log_variances(x);
    log_variances.resize(blocks);
    codes.insert(codes.end(), log_variances.begin(), log_variances.end());
    for (const Baseline& baseline : baselines) codes.push_back(baseline.codes(x));
    return codes;
  });
  for (const Tensor& code : all)
    if (code.defined()) expect_finite("what codes say of the labels", code);
  const auto middle = all.begin() + static_cast<std::ptrdiff_t>(blocks);
  const auto end = middle + static_cast<std::ptrdiff_t>(blocks);
  return {Codes(all.begin(), middle), Codes(middle, end), Codes(end, all.end())};
}

// Of the fitted, the validation and the scored examples.
using SeenParts = std::array<Seen, 3>;

void add_block(std::vector<ProbeReading>& readings, const std::string& name, size_t block, const SeenParts& seen,
               const at::Generator& generator) {
  const auto add = [&](const std::string& way, const auto& read) {
    const Tensor fitted = read(seen[0]), validation = read(seen[1]), scored = read(seen[2]);
    readings.push_back({name + way, fitted, validation, scored, block});
  };
  const auto mean = [&](const Seen& part) { return part.means[block]; };
  const auto log_variance = [&](const Seen& part) { return part.log_variances[block]; };
  if (!log_variance(seen[0]).defined()) return add("", mean);
  add(" sampled", [&](const Seen& part) { return Gaussian{mean(part), log_variance(part)}.sample(generator); });
  add(" mean", mean);
  add(" mean and log-variance", [&](const Seen& part) { return at::cat({mean(part), log_variance(part)}, 1); });
}

}  // namespace

std::vector<ProbeReading> readings_of(const Model& model, const DataSource& data, const LabelledParts& parts,
                                      uint64_t key, const Model* untrained) {
  const at::NoGradGuard no_grad;
  const std::vector<Baseline> baselines = baselines_beside(data, parts.fitted, untrained);
  const auto seen = [&](const LabelledPart& part) { return seen_of(model, data, part, baselines); };
  const SeenParts all = {seen(parts.fitted), seen(parts.validation), seen(parts.scored)};
  const at::Generator generator = generator_of(key);
  std::vector<ProbeReading> readings;
  for (size_t b = 0; b < model.blocks().size(); ++b)
    if (!model.blocks()[b].categorical) add_block(readings, model.blocks()[b].name, b, all, generator);
  for (size_t i = 0; i < baselines.size(); ++i)
    readings.push_back({baselines[i].name, all[0].beside[i], all[1].beside[i], all[2].beside[i]});
  return readings;
}

std::string readings_protocol(const Space& space, const Model* untrained) {
  return fmt::format("Sampled: one draw from each posterior, as the generator reads it. {}{}{}.",
                     untrained_protocol(untrained), space.is_picture() ? "Images: their pixels" : "Rows: their values",
                     raw_protocol(space));
}

Codes part_codes(const DataSource& data, const LabelledPart& part,
                 const std::function<Codes(const Tensor& examples)>& codes) {
  std::vector<std::vector<Tensor>> slices;
  for_each_slice(data, part.split, part.rows, [&](const Tensor& x) {
    const Codes slice = codes(x);
    slices.resize(std::max(slices.size(), slice.size()));
    for (size_t b = 0; b < slice.size(); ++b)
      if (slice[b].defined()) slices[b].push_back(slice[b].to(at::kCPU));
  });
  Codes all;
  for (const auto& block : slices) all.push_back(block.empty() ? Tensor() : at::cat(block));
  return all;
}

}  // namespace refract
