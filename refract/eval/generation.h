// Generated examples beside real ones, as a classifier of the real ones sees them: what metrics of generation compare.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "refract/data/source.h"
#include "refract/eval/judge.h"
#include "refract/eval/metric.h"
#include "refract/model/model.h"

namespace refract {

struct GenerationOptions {
  int64_t samples = 5000;  // of each kind, at most: generated, test and training examples
  int64_t pairs = 1500;    // of pictures whose likeness is measured, of each kind
  JudgeTraining training = {};
  std::shared_ptr<const Model> classifier = nullptr;  // trained on the same data; null: a small one is trained
  std::string classifier_name = {};                   // for sentences: "runs/classifier"
  std::string classifier_checksum = {};               // tells it from others; "" where nobody asks
  OnProgress on_progress = {};  // told how far the training of classifiers is (evaluator.h: any metric)
};

// Throws BadInput where a classifier is given that cannot judge examples of these data.
void check_judge(const DataSource& data, const GenerationOptions& options);

// One kind of examples. They are read or made again at every look: what is kept of each is its class and what the
// classifier says of it, and of a generated one its codes, 4 bytes a dimension. So 5,000 of each kind take some 20 MB,
// whatever the size of a picture.
struct JudgedExamples {
  ExamplesOf some;
  Tensor classes;  // [N] int64: labels, or what was asked for; undefined where nothing was
  Opinion opinion;

  [[nodiscard]] int64_t count() const { return opinion.features.size(0); }
};

struct Generation {
  Space space;
  Attribute attribute;  // its values are the classes
  JudgedExamples generated, test, training;
  GenerationOptions options;
  uint64_t seed = 0;
  std::string protocol;  // sentences: how many there are of each kind, which classifier, how often it is right

  // The rest is for generating more.
  const Model* model = nullptr;
  Codes drawn = {};  // what `generated` was made of
  std::shared_ptr<const Model> classifier = nullptr;
  size_t judging_category = 0;                // of the classifier
  std::optional<size_t> given_category = {};  // of the model: where it has one for the classes of the data

  [[nodiscard]] int64_t classes() const { return static_cast<int64_t>(attribute.values.size()); }
};

// Test examples are those of splits fit and score, which neither the model nor the classifier has seen; as many
// examples are drawn of the training split, with the same classes; and as many are generated. A model with a category
// of as many classes generates an example for the class of each test example: class k of the model is class k of the
// data, as in a model trained with labels. Any other model draws all of its blocks. The classes are the first attribute
// of two values or more that describes an example; examples of which it is unknown are left out. The draws are a
// function of the seed. At most 250 examples of 64x64 pixels are held at a time, or as many larger ones as have so many
// pixels. The model and the data must outlive the result. Throws BadInput for samples that are not finite, for a
// classifier that does not fit and for fewer than two examples.
Generation generation_of(const Model& model, const DataSource& data, uint64_t seed, const GenerationOptions& options);

// What the model makes of these codes, one a test example, [N, block.size] each, as `generated` is judged. Where the
// model has a category for the classes of the data, that of each test example takes the place of the category's code.
JudgedExamples decoded(const Generation& all, const Codes& codes);

// What the data, or the model on data that lack nothing, lack for this; "" for nothing. Metrics of classes want a model
// that generates examples of a given class.
std::string lacks_labelled_examples(const DataSource& data);
std::string lacks_samples(const Model& model, const DataSource& data);
std::string lacks_samples_of_classes(const Model& model, const DataSource& data);

// The names of the three kinds as rows of tables.
inline constexpr const char* samples_row = "samples";
inline constexpr const char* test_row = "test examples";
inline constexpr const char* training_row = "training examples";

}  // namespace refract
