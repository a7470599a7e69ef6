// Which code's prior makes samples worse than what is decoded from the codes of examples.
#include <ATen/ops/cat.h>
#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "refract/core/generator.h"
#include "refract/core/random.h"
#include "refract/eval/generation.h"
#include "refract/eval/metrics/entries.h"
#include "refract/eval/sample_scores.h"

namespace refract {
namespace {

// One draw from the posterior of each test example, or its code where codes are not random: [N, block.size] a block.
Codes codes_of_examples(const Generation& all, uint64_t key) {
  const Model& model = *all.model;
  const at::Generator generator = generator_of(key);
  Codes codes(model.blocks().size());
  std::vector<std::vector<Tensor>> slices(codes.size());
  const int64_t count = all.test.count(), at_once = examples_at_once(model, 250);
  for (int64_t start = 0; start < count; start += at_once) {
    Indices numbers;
    for (int64_t n = start; n < std::min(start + at_once, count); ++n) numbers.push_back(n);
    const Examples examples = all.test.some(numbers);
    Codes some = model.draw(examples, generator);
    if (some.empty()) some = model.encode(examples);
    for (size_t b = 0; b < some.size(); ++b) slices[b].push_back(some[b].to(at::kCPU));
  }
  for (size_t b = 0; b < codes.size(); ++b) codes[b] = at::cat(slices[b]);
  return codes;
}

// The means of the prior of a block for the classes of the test examples.
Tensor prior_means(const Generation& all, size_t block) {
  const Tensor means = all.model->prior(block).mean.detach().to(at::kCPU);
  const std::optional<size_t> given = all.model->blocks()[block].given;
  return given ? all.drawn[*given].matmul(means) : means.expand_as(all.drawn[block]);
}

MetricTable compare_prior_gap(const Generation& all) {
  const at::NoGradGuard no_grad;
  const std::vector<Block>& blocks = all.model->blocks();
  const Codes own = codes_of_examples(all, mix(mix(all.seed, MetricDraw::generation_samples), 1));
  MetricTable table;
  table.metric = "prior-gap";
  table.title = "What each prior costs";
  table.unit =
      fmt::format("inception score: from 1 to {}; recognised: share from 0 to 1; higher is better", all.classes());
  table.columns = {"inception score"};
  if (all.given_category) table.columns.emplace_back("recognised");
  const auto add = [&](const std::string& name, const JudgedExamples& kind) {
    table.rows.push_back({name, {inception_score(kind.opinion.probabilities)}});
    if (all.given_category)
      table.rows.back().values.push_back(right_answers(kind.opinion, all.test.classes).mean().item<double>());
  };
  const auto with = [](Codes codes, size_t block, const Tensor& code) {
    codes[block] = code;
    return codes;
  };
  add(test_row, all.test);
  add("codes of test examples", decoded(all, own));
  for (size_t b = 0; b < blocks.size(); ++b)
    if (!blocks[b].categorical)
      add(fmt::format("the same, {} from its prior", blocks[b].name), decoded(all, with(own, b, all.drawn[b])));
  add(samples_row, all.generated);
  for (size_t b = 0; b < blocks.size(); ++b)
    if (!blocks[b].categorical)
      add(fmt::format("the same, {} at the mean of its prior", blocks[b].name),
          decoded(all, with(all.drawn, b, prior_means(all, b))));
  table.protocol = fmt::format(
      "Codes of test examples are draws from their posteriors, or the codes themselves where they are not random. "
      "Samples have all codes from their priors. In the other rows one code is exchanged. {}",
      all.protocol);
  return table;
}

std::string lacks_codes_and_samples(const Model& model, const DataSource& data) {
  const std::string missing = lacks_encoder(model);
  return missing.empty() ? lacks_samples(model, data) : missing;
}

}  // namespace

MetricEntry prior_gap_metric() {
  return {.name = "prior-gap",
          .summary = "Inception score of samples and of codes of test examples, one code exchanged at a time.",
          .source = "ours; Salimans et al. 2016",
          .lacks = lacks_labelled_examples,
          .compare = compare_prior_gap,
          .lacks_of_model = lacks_codes_and_samples,
          .on_request = true};
}

}  // namespace refract
