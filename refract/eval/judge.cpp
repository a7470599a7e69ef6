#include "refract/eval/judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

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

std::optional<size_t> class_block(const Model& model, int64_t classes) {
  return first_block(model, [&](const Block& block) { return block.categorical && block.size == classes; });
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

std::string lacks_opinion(const Model& classifier, const Space& space, int64_t classes) {
  if (const std::string missing = lacks_encoder(classifier); !missing.empty()) return missing;
  if (classifier.space() != space)
    return fmt::format("The classifier was trained on {}, and these are {}.", text_of(classifier.space()),
                       text_of(space));
  if (class_block(classifier, classes) && feature_block(classifier)) return "";
  return fmt::format("A classifier has a block for the {} classes and one of features, but the model has {}.", classes,
                     listed_blocks(classifier));
}

Opinion opinion_of(const Model& classifier, const Tensor& examples, int64_t classes) {
  const Codes codes = encode_all(classifier, examples);
  const auto known = [&](const std::optional<size_t>& block) {
    return codes.at(block.value()).to(at::kCPU, at::kDouble);
  };
  return {known(class_block(classifier, classes)), known(feature_block(classifier))};
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
