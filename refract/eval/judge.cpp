#include "refract/eval/judge.h"

#include <ATen/ops/cat.h>
#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <optional>
#include <vector>

#include "refract/core/errors.h"
#include "refract/core/generator.h"
#include "refract/core/random.h"
#include "refract/data/order.h"
#include "refract/methods/entries.h"
#include "refract/train/trainer.h"

namespace refract {
namespace {

template <class Match>
std::optional<size_t> first_block(const Model& model, Match match) {
  const std::vector<Block>& blocks = model.blocks();
  const auto found = std::find_if(blocks.begin(), blocks.end(), match);
  if (found == blocks.end()) return std::nullopt;
  return static_cast<size_t>(found - blocks.begin());
}

std::optional<size_t> class_block(const Model& model, size_t attribute, int64_t classes) {
  return first_block(model, [&](const Block& block) {
    return block.categorical && block.size == classes && block.attribute == attribute;
  });
}

std::optional<size_t> feature_block(const Model& model) {
  return first_block(model, [](const Block& block) { return !block.categorical; });
}

}  // namespace

int64_t JudgeTraining::batch_of(int64_t examples) const {
  return std::min(batch, examples);
}

int64_t JudgeTraining::steps_with(int64_t examples) const {
  return std::min(steps, (passes * examples + batch_of(examples) - 1) / batch_of(examples));
}

std::string lacks_opinion(const Model& classifier, const DataInfo& info, size_t attribute) {
  if (const std::string missing = lacks_encoder(classifier); !missing.empty()) return missing;
  if (classifier.space() != info.space)
    return fmt::format("The classifier was trained on {}, and these are {}.", text_of(classifier.space()),
                       text_of(info.space));
  const Attribute its = attributes_of(info).at(attribute);
  if (class_block(classifier, attribute, std::ssize(its.values)) && feature_block(classifier)) return "";
  return fmt::format(
      "A classifier has a block for the {} values of the label {} (label_columns={}) and one of features, but the "
      "model "
      "has {}, or learned from another label.",
      its.values.size(), its.name, attribute, listed_blocks(classifier));
}

size_t judging_category(const Model& classifier, const DataInfo& info, size_t attribute) {
  if (const std::string missing = lacks_opinion(classifier, info, attribute); !missing.empty()) throw BadInput(missing);
  return class_block(classifier, attribute, std::ssize(attributes_of(info).at(attribute).values)).value();
}

Opinion opinion_of(const Model& classifier, size_t category, const ExamplesOf& examples, int64_t count) {
  const size_t of_features = feature_block(classifier).value();
  const int64_t slice = examples_at_once(classifier, 250);
  std::vector<Tensor> probabilities, features;
  for (int64_t from = 0; from < count; from += slice) {
    Indices rows(static_cast<size_t>(std::min(slice, count - from)));
    std::iota(rows.begin(), rows.end(), from);
    const Codes codes = encode_all(classifier, examples(rows).x);
    probabilities.push_back(codes.at(category).to(at::kCPU, at::kDouble));
    features.push_back(codes.at(of_features).to(at::kCPU, at::kDouble));
  }
  return {at::cat(probabilities), at::cat(features)};
}

Tensor right_answers(const Opinion& opinion, const Tensor& classes) {
  return opinion.probabilities.argmax(1).eq(classes).to(at::kDouble);
}

std::unique_ptr<Model> trained_judge(const Space& space, int64_t classes, int64_t count, const ExamplesOf& examples,
                                     uint64_t seed, const JudgeTraining& training, const OnProgress& on_progress) {
  const KeptGenerator kept;
  at::manual_seed(seed);
  MethodRecipe recipe = classifier_recipe();
  recipe.options.set("classes", fmt::format("{}", classes));
  recipe.options.set("width", fmt::format("{}", training.width));
  std::unique_ptr<Method> method = recipe.make(space);
  method->train(true);
  Order order(count, scramble(seed));
  const int64_t size = training.batch_of(count), steps = training.steps_with(count);
  const at::AutoGradMode with_gradients(true);
  for (int64_t step = 0; step < steps; ++step) {
    if (on_progress) on_progress({"Training a classifier", step, steps});
    Batch batch;
    batch.main = examples(order.take(step * size, size));
    batch.population = count;
    Update update(rate_at(step, steps, 1));
    method->step(batch, update);
  }
  if (on_progress) on_progress({"Training a classifier", steps, steps});
  method->train(false);
  return method;
}

}  // namespace refract
