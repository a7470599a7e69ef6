#include "refract/eval/generation.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/one_hot.h>
#include <ATen/ops/tensor.h>
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "refract/core/errors.h"
#include "refract/core/generator.h"
#include "refract/core/random.h"
#include "refract/data/labelled.h"
#include "refract/data/order.h"
#include "refract/eval/features.h"
#include "refract/eval/held_out.h"
#include "refract/eval/labelled_parts.h"
#include "refract/model/generated.h"

namespace refract {
namespace {

// A position in attributes_of(info).
std::optional<size_t> judged_attribute(const DataInfo& info) {
  const std::vector<Attribute> all = attributes_of(info);
  for (const int64_t column : descriptive_columns(info))
    if (all.at(static_cast<size_t>(column)).values.size() > 1) return static_cast<size_t>(column);
  return std::nullopt;
}

// The model's block for classes that are as many as the data's.
std::optional<size_t> generated_category(const Model& model, const DataInfo& info) {
  const std::optional<size_t> attribute = judged_attribute(info);
  if (!attribute) return std::nullopt;
  return category_of(model, std::ssize(attributes_of(info)[*attribute].values));
}

struct LabelledExample {
  Split split;
  int64_t row = 0;
  int64_t label = 0;
};
using LabelledList = std::vector<LabelledExample>;

// Those of the splits whose label is known, in a drawn order.
LabelledList labelled_list(const DataSource& data, const std::vector<Split>& splits, size_t attribute, uint64_t key) {
  LabelledList known;
  for (const Split split : splits) {
    const Tensor all = data.attributes(split, all_indices(data.count(split))).to(at::kCPU);
    const Tensor labels = all.select(1, static_cast<int64_t>(attribute)).to(at::kLong).contiguous();
    for (int64_t row = 0; row < labels.size(0); ++row)
      if (const int64_t label = labels.data_ptr<int64_t>()[row]; label >= 0) known.push_back({split, row, label});
  }
  LabelledList drawn;
  for (const int64_t place : permutation(std::ssize(known), key)) drawn.push_back(known[static_cast<size_t>(place)]);
  return drawn;
}

// The first of `list`, at most `most` of them and of each class at most as many as `room` says. Takes them off the
// room.
LabelledList taken(const LabelledList& list, int64_t most, std::vector<int64_t>& room) {
  LabelledList some;
  for (const LabelledExample& example : list)
    if (std::ssize(some) < most && room.at(static_cast<size_t>(example.label))-- > 0) some.push_back(example);
  return some;
}

std::vector<int64_t> counts_of(const LabelledList& list, size_t classes) {
  std::vector<int64_t> counts(classes);
  for (const LabelledExample& example : list) ++counts.at(static_cast<size_t>(example.label));
  return counts;
}

LabelledList split_by_split(LabelledList list) {
  std::stable_sort(list.begin(), list.end(), [](const LabelledExample& a, const LabelledExample& b) {
    return place_of(a.split) < place_of(b.split);
  });
  return list;
}

Tensor labels_of(const LabelledList& list) {
  std::vector<int64_t> labels;
  labels.reserve(list.size());
  for (const LabelledExample& example : list) labels.push_back(example.label);
  return at::tensor(labels, at::kLong);
}

// Those of the list with these numbers, each split at once.
Examples read_examples(const DataSource& data, const LabelledList& list, const Indices& numbers) {
  std::vector<Tensor> parts;
  Indices places;  // where the rows of the parts belong
  LabelledList wanted;
  wanted.reserve(numbers.size());
  for (const int64_t number : numbers) wanted.push_back(list.at(static_cast<size_t>(number)));
  for (const Split split : all_splits) {
    Indices rows;
    for (size_t i = 0; i < wanted.size(); ++i)
      if (wanted[i].split == split) {
        rows.push_back(wanted[i].row);
        places.push_back(static_cast<int64_t>(i));
      }
    if (!rows.empty()) parts.push_back(data.examples(split, rows).to(at::kCPU));
  }
  return {at::cat(parts).index_select(0, at::tensor(places, at::kLong).argsort()), labels_of(wanted).unsqueeze(1)};
}

ExamplesOf read_from(const DataSource& data, const LabelledList& list) {
  return [&data, list](const Indices& numbers) { return read_examples(data, list, numbers); };
}

struct RealExamples {
  LabelledList all_training, test, training;
};

RealExamples real_examples(const DataSource& data, size_t attribute, size_t classes, int64_t most, uint64_t key) {
  RealExamples real;
  real.all_training = labelled_list(data, {Split::unlabelled}, attribute, mix(key, 0));
  const LabelledList held_out = labelled_list(data, {Split::fit, Split::score}, attribute, mix(key, 1));
  std::vector<int64_t> room = counts_of(real.all_training, classes);
  real.test = split_by_split(taken(held_out, most, room));
  std::vector<int64_t> wanted = counts_of(real.test, classes);
  real.training = taken(real.all_training, std::ssize(real.test), wanted);
  if (real.test.size() < 2)
    throw BadInput(
        fmt::format("Comparing samples with the examples of {}: expected two or more labelled ones that are held out, "
                    "and training examples of their classes, found {}.",
                    data.info().name, real.test.size()));
  return real;
}

// The codes of the model's category for classes [N]; none of its other blocks.
Codes codes_of_classes(const Model& model, const std::optional<size_t>& category, const Tensor& classes) {
  Codes known(model.blocks().size());
  if (category) known[*category] = at::one_hot(classes, model.blocks()[*category].size).to(at::kFloat);
  return known;
}

// `classes` [N] are those that they were generated for, or undefined.
ExamplesOf generated_examples(const Model& model, const Codes& codes, const Tensor& classes) {
  return [&model, codes, classes](const Indices& numbers) {
    const Tensor rows = at::tensor(numbers, at::kLong);
    Codes some;
    for (const Tensor& code : codes) some.push_back(code.index_select(0, rows));
    Examples examples(decode_all(model, some).to(at::kCPU));
    expect_finite("generated examples", examples.x);
    if (classes.defined()) examples.labels = classes.index_select(0, rows).unsqueeze(1);
    return examples;
  };
}

struct Judge {
  std::shared_ptr<const Model> classifier;
  size_t category = 0;
};

// The one that is given, or one that is trained on all labelled training examples.
Judge judge_of(const DataSource& data, size_t attribute, const LabelledList& training, uint64_t seed,
               const GenerationOptions& options) {
  check_judge(data, options);
  const DataInfo& info = data.info();
  if (options.classifier) return {options.classifier, judging_category(*options.classifier, info, attribute)};
  const int64_t classes = std::ssize(attributes_of(info).at(attribute).values);
  return {trained_judge(info.space, classes, std::ssize(training), read_from(data, training),
                        mix(seed, MetricDraw::generation_judge), options.training, options.on_progress)};
}

JudgedExamples judged(const Generation& all, const ExamplesOf& some, const Tensor& classes, int64_t count) {
  return {some, classes, opinion_of(*all.classifier, all.judging_category, some, count)};
}

std::string generation_protocol(const Generation& all, const DataSource& data, int64_t trained_on) {
  const GenerationOptions& options = all.options;
  const Tensor right = right_answers(all.test.opinion, all.test.classes);
  const std::string classifier =
      options.classifier
          ? fmt::format("from the run {}", options.classifier_name)
          : fmt::format("a residual network trained on {} training examples in {} steps of {}", trained_on,
                        options.training.steps_with(trained_on), options.training.batch_of(trained_on));
  return fmt::format(
      "Each row: {} examples. {} have the same number of each class ({}). Test examples are held out; the model and "
      "the classifier have seen the training examples. The classifier, {}, is right on {:.1f} ± {:.1f} % of the test "
      "examples of {}.",
      all.test.count(), all.generated.classes.defined() ? "All rows" : "Test and training examples, but not samples,",
      all.attribute.name, classifier, 100 * right.mean().item<double>(), 100 * standard_error(right), data.info().name);
}

}  // namespace

void check_judge(const DataSource& data, const GenerationOptions& options) {
  if (!options.classifier) return;
  const DataInfo& info = data.info();
  const std::optional<size_t> attribute = judged_attribute(info);
  const std::string missing =
      attribute ? lacks_opinion(*options.classifier, info, *attribute) : lacks_labelled_examples(data);
  if (!missing.empty()) throw BadInput(fmt::format("Judging samples by {}: {}", options.classifier_name, missing));
}

Generation generation_of(const Model& model, const DataSource& data, uint64_t seed, const GenerationOptions& options) {
  const at::NoGradGuard no_grad;
  const DataInfo& info = data.info();
  if (model.space() != info.space)
    throw BadInput(fmt::format("Comparing samples with the examples of {}: the model generates {}, and these are {}.",
                               info.name, text_of(model.space()), text_of(info.space)));
  const size_t attribute = judged_attribute(info).value();
  Generation all{info.space, attributes_of(info)[attribute], {}, {}, {}, options, seed, {}, &model};
  const RealExamples real = real_examples(data, attribute, all.attribute.values.size(), options.samples,
                                          mix(seed, MetricDraw::generation_rows));
  const Judge judge = judge_of(data, attribute, real.all_training, seed, options);
  all.classifier = judge.classifier;
  all.judging_category = judge.category;
  all.given_category = generated_category(model, info);
  const Tensor classes = labels_of(real.test);
  all.test = judged(all, read_from(data, real.test), classes, classes.size(0));
  all.training = judged(all, read_from(data, real.training), labels_of(real.training), classes.size(0));
  const at::Generator generator = generator_of(mix(seed, MetricDraw::generation_samples));
  all.drawn = draw_prior(model, classes.size(0), generator, codes_of_classes(model, all.given_category, classes));
  all.generated = decoded(all, all.drawn);
  all.protocol = generation_protocol(all, data, std::ssize(real.all_training));
  return all;
}

JudgedExamples decoded(const Generation& all, const Codes& codes) {
  const at::NoGradGuard no_grad;
  Codes asked = codes_of_classes(*all.model, all.given_category, all.test.classes);
  for (size_t b = 0; b < codes.size(); ++b)
    if (!asked[b].defined()) asked[b] = codes[b];
  const Tensor classes = all.given_category ? all.test.classes : Tensor();
  return judged(all, generated_examples(*all.model, asked, classes), classes, all.test.count());
}

std::string lacks_labelled_examples(const DataSource& data) {
  return lacks_labelled_parts(data);
}

std::string lacks_samples(const Model& model, const DataSource& /*data*/) {
  return lacks_generated(model);
}

std::string lacks_samples_of_classes(const Model& model, const DataSource& data) {
  if (const std::string missing = lacks_samples(model, data); !missing.empty()) return missing;
  if (generated_category(model, data.info())) return "";
  return fmt::format("This generates examples of each class of the data, but the model has no block for them: {}.",
                     listed_blocks(model));
}

}  // namespace refract
