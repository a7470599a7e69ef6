// Metrics of generated examples, on models that are known to be perfect, collapsed or confused.
#include <ATen/ops/cat.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <numbers>
#include <string>
#include <vector>

#include "refract/core/errors.h"
#include "refract/core/random.h"
#include "refract/eval/evaluator.h"
#include "refract/model/pixel_model.h"
#include "tests/support/fakes.h"
#include "tests/support/surroundings.h"

namespace refract {
namespace {

using testing_support::contains;
using testing_support::message_of;

// The upper half is dark in class 0 and bright in class 1, as fakes::OfClasses draws it; the lower one is near gray.
class HalvesOfClasses : public DataSource {
 public:
  explicit HalvesOfClasses(int64_t count) : count_(count) {
    info_.name = "halves";
    info_.space = Space::square(1, 8);
    info_.classes = {"dark", "bright"};
  }
  [[nodiscard]] const DataInfo& info() const override { return info_; }
  [[nodiscard]] int64_t count(Split split) const override { return split.set == Set::unlabelled ? count_ : 0; }
  [[nodiscard]] Tensor examples(Split split, const Indices& indices) const override {
    std::vector<Tensor> all;
    for (const int64_t i : indices) {
      const auto normal = [&](uint64_t which) {  // Box and Muller
        const uint64_t key = mix(place_of(split), static_cast<uint64_t>(i), which);
        return std::sqrt(-2 * std::log(1 - uniform(mix(key, 0)))) *
               std::cos(2 * std::numbers::pi * uniform(mix(key, 1)));
      };
      const double upper = i % 2 == 0 ? -0.5 + 0.1 * normal(0) : 0.5 + 0.2 * normal(0);
      const auto half = [](double gray) { return at::full({1, 4, 8}, std::clamp(gray, -1.0, 1.0), at::kFloat); };
      all.push_back(at::cat({half(upper), half(0.2 * normal(1))}, 1));
    }
    return at::stack(all);
  }
  [[nodiscard]] Tensor labels(Split /*split*/, const Indices& indices) const override {
    return at::tensor(indices, at::kLong).remainder(2);
  }

 private:
  DataInfo info_;
  int64_t count_;
};

Codes unchanged(const Codes& codes) {
  return codes;
}

// Draws what HalvesOfClasses holds, but for a change of the codes before they are decoded.
class Halves : public fakes::OfClasses {
 public:
  using Change = Codes (*)(const Codes&);
  explicit Halves(Change change = unchanged) : change_(change) {}
  [[nodiscard]] Tensor decode(const Codes& codes) const override {
    const Codes changed = change_(codes);
    return OfClasses::decode({changed.at(0), changed.at(1), 0.2 * changed.at(2)});
  }

 private:
  Change change_;
};

const GenerationOptions few = {.samples = 200, .pairs = 400, .training = {.steps = 150, .batch = 32, .width = 4}};

// The value of a row and column of an entry's table.
class Measured {
 public:
  explicit Measured(const Model& model, const GenerationOptions& options = few)
      : evaluator_(model, data_, 0, nullptr, options) {}

  const MetricTable& table(const std::string& name) {
    if (!tables_.contains(name)) tables_[name] = evaluator_.measure(metric(name));
    return tables_.at(name);
  }
  double value(const std::string& name, const std::string& row, const std::string& column) {
    const MetricTable& all = table(name);
    const auto place = std::find(all.columns.begin(), all.columns.end(), column) - all.columns.begin();
    for (const MetricTable::Row& its : all.rows)
      if (its.name == row) return its.values.at(static_cast<size_t>(place));
    ADD_FAILURE() << name << " has no row " << row;
    return std::nan("");
  }

 private:
  HalvesOfClasses data_{240};
  Evaluator evaluator_;
  std::map<std::string, MetricTable> tables_;
};

TEST(Generation, APerfectModelScoresAsRealExamplesDo) {
  const Halves model;
  Measured found(model);
  EXPECT_NEAR(found.value("inception-score", "samples", "inception score"),
              found.value("inception-score", "test examples", "inception score"), 0.1);
  EXPECT_GT(found.value("inception-score", "samples", "inception score"), 1.2);
  EXPECT_GT(found.value("diversity", "samples", "ratio"), 0.4);  // few pairs are of very different pictures
  EXPECT_LT(found.value("diversity", "samples", "ratio"), 2.5);
  EXPECT_EQ(found.value("diversity", "test examples", "ratio"), 1);
  EXPECT_GT(found.value("precision-recall", "samples", "precision"), 0.75);
  EXPECT_GT(found.value("precision-recall", "samples", "recall"), 0.75);
  for (const char* column : {"recognised", "taught"})
    for (const char* row : {"samples", "real examples"})
      EXPECT_GT(found.value("sample-classification", row, column), 0.9) << row << " " << column;
}

// 200 examples are enough for 16 features, the 100 of a class are not.
TEST(Generation, TheFrechetDistanceSaysThatClassesAreSmall) {
  const Halves model;
  GenerationOptions options = few;
  options.training.steps = 2;
  EXPECT_TRUE(contains(Measured(model, options).table("fid").note, "A class has 100 examples on average"));
}

// Every sample of a class is the same.
TEST(Generation, ACollapsedModelIsCertainButNotDiverse) {
  const Halves model([](const Codes& codes) { return Codes{codes[0], codes[0].slice(1, 1) - 0.5, codes[2] * 0}; });
  const Halves perfect;
  Measured found(model), best(perfect);
  EXPECT_LT(found.value("diversity", "samples", "ratio"), 0.1);
  EXPECT_LT(found.value("precision-recall", "samples", "recall"), 0.3);
  EXPECT_GT(found.value("fid", "samples", "all classes"), best.value("fid", "samples", "all classes"));
  EXPECT_GT(found.value("fid", "samples", "within classes"), 3 * best.value("fid", "samples", "within classes"));
  EXPECT_GT(found.value("sample-classification", "samples", "recognised"), 0.9);
}

// Classes are confused, but all samples together are as real ones are.
TEST(Generation, AConfusedModelFailsWhereClassesCount) {
  const Halves model([](const Codes& codes) { return Codes{codes[0], -codes[1], codes[2]}; });
  Measured found(model);
  EXPECT_LT(found.value("sample-classification", "samples", "recognised"), 0.2);
  EXPECT_LT(found.value("sample-classification", "samples", "taught"), 0.2);
  EXPECT_GT(found.value("sample-classification", "real examples", "taught"), 0.9);
  EXPECT_GT(found.value("fid", "samples", "within classes"), 5 * found.value("fid", "samples", "all classes"));
  EXPECT_GT(found.value("inception-score", "samples", "inception score"), 1.2);
}

// The prior of u has the classes the wrong way round; that of z is right.
class WrongPrior : public fakes::OfClasses {
 public:
  [[nodiscard]] Gaussian prior(size_t block) const override {
    const Gaussian right = OfClasses::prior(block);
    return block == 1 ? Gaussian{-right.mean, right.log_variance} : right;
  }
};

TEST(Generation, ThePriorThatIsWrongIsFound) {
  const WrongPrior model;
  Measured found(model);
  const auto recognised = [&](const char* row) { return found.value("prior-gap", row, "recognised"); };
  for (const char* row : {"test examples", "codes of test examples", "the same, z from its prior"})
    EXPECT_GT(recognised(row), 0.9) << row;
  for (const char* row : {"the same, u from its prior", "samples", "the same, u at the mean of its prior",
                          "the same, z at the mean of its prior"})
    EXPECT_LT(recognised(row), 0.2) << row;
}

TEST(Generation, AGivenClassifierJudges) {
  const Halves model;
  GenerationOptions options = few;
  options.classifier =
      std::make_shared<fakes::OfClasses>();  // c tells whether the upper half is bright, u is a feature
  options.classifier_name = "runs/judge";
  options.classifier_checksum = "0123";
  Measured found(model, options);
  const MetricTable table = found.table("inception-score");
  EXPECT_NEAR(table.rows.at(0).values.at(0), 2, 0.05);
  EXPECT_TRUE(contains(table.protocol, "from the run runs/judge"));
  EXPECT_EQ(table.judge, "0123");
  EXPECT_NO_THROW(check_judge(HalvesOfClasses(60), options));
  options.classifier = std::make_shared<PixelModel>(Space::square(1, 8));
  EXPECT_TRUE(contains(message_of<BadInput>([&] { Measured(model, options).table("fid"); }), "runs/judge"));
  EXPECT_THROW(check_judge(HalvesOfClasses(60), options), BadInput);
}

TEST(Generation, TestAndTrainingExamplesHaveTheSameClasses) {
  const HalvesOfClasses data(51);
  const Halves model;
  GenerationOptions options = few;
  options.training.steps = 1;
  const Generation all = generation_of(model, data, 3, options);
  ASSERT_EQ(all.test.count(), 51);  // the training split has no more
  for (const JudgedExamples* kind : {&all.test, &all.training, &all.generated}) {
    EXPECT_EQ(kind->count(), 51);
    EXPECT_EQ(kind->classes.eq(0).sum().item<int64_t>(), 26);
    EXPECT_EQ(kind->opinion.probabilities.sizes().vec(), (std::vector<int64_t>{51, 2}));
    EXPECT_EQ(kind->opinion.features.sizes().vec(), (std::vector<int64_t>{51, 16}));
  }
}

// Examples are read and made again: whichever are asked for, in whatever order, they are the same.
TEST(Generation, ExamplesAreThoseThatWereJudged) {
  const HalvesOfClasses data(40);
  const Halves model;
  GenerationOptions options = few;
  options.training.steps = 1;
  options.classifier = std::make_shared<fakes::OfClasses>();  // whose feature is the gray of the upper half
  const Generation all = generation_of(model, data, 3, options);
  for (const JudgedExamples* kind : {&all.test, &all.training, &all.generated}) {
    const Indices rows = {39, 0, 17, 17, 5};
    const Tensor places = at::tensor(rows, at::kLong);
    const Examples some = kind->some(rows);
    const Tensor upper = some.x.slice(2, 0, 4).mean({2, 3}).to(at::kDouble);
    EXPECT_LT((upper - kind->opinion.features.index_select(0, places)).abs().max().item<double>(), 1e-6);
    EXPECT_TRUE(some.labels.squeeze(1).equal(kind->classes.index_select(0, places)));
  }
}

// What is asked of data and model at once, at most.
struct MostAtOnce {
  int64_t read = 0, made = 0;
};

class WatchedHalves : public HalvesOfClasses {
 public:
  WatchedHalves(int64_t count, MostAtOnce& most) : HalvesOfClasses(count), most_(most) {}
  [[nodiscard]] Tensor examples(Split split, const Indices& indices) const override {
    most_.read = std::max(most_.read, std::ssize(indices));
    return HalvesOfClasses::examples(split, indices);
  }

 private:
  MostAtOnce& most_;
};

class WatchedModel : public Halves {
 public:
  explicit WatchedModel(MostAtOnce& most) : most_(most) {}
  [[nodiscard]] Tensor decode(const Codes& codes) const override {
    most_.made = std::max(most_.made, codes.at(0).size(0));
    return Halves::decode(codes);
  }

 private:
  MostAtOnce& most_;
};

TEST(Generation, HoldsASliceAtATime) {
  MostAtOnce most;
  const WatchedHalves data(300, most);
  const WatchedModel model(most);
  const GenerationOptions options = {.samples = 300, .pairs = 40, .training = {.steps = 1, .batch = 32, .width = 2}};
  Evaluator evaluator(model, data, 0, nullptr, options);
  for (const char* name : {"inception-score", "diversity", "sample-classification"})
    EXPECT_TRUE(contains(evaluator.measure(metric(name)).protocol, "Each row: 300 examples")) << name;
  EXPECT_EQ(most.read, 250);
  EXPECT_EQ(most.made, 250);
}

// Blocks without classes are drawn whole: scores of all samples, and none of classes.
TEST(Generation, ModelsWithoutClassesHaveScoresOfAllSamples) {
  const fakes::FakeModel model = fakes::halves(Space::square(1, 8));
  const HalvesOfClasses data(60);
  for (const char* name : {"inception-score", "fid", "precision-recall", "prior-gap"})
    EXPECT_EQ(lacks(metric(name), model, data), "");
  for (const char* name : {"diversity", "sample-classification"})
    EXPECT_TRUE(contains(lacks(metric(name), model, data), "e (target), z (common)")) << name;
  GenerationOptions options = few;
  options.training.steps = 2;
  const MetricTable fid = Evaluator(model, data, 0, nullptr, options).measure(metric("fid"));
  EXPECT_EQ(fid.columns, std::vector<std::string>{"all classes"});
  EXPECT_TRUE(contains(fid.note, "too large"));  // 60 examples for 16 features
  const MetricTable gap = Evaluator(model, data, 0, nullptr, options).measure(metric("prior-gap"));
  EXPECT_TRUE(gap.columns.size() == 1 && gap.rows.size() == 7) << "two codes, exchanged in turn; no classes";
}

// A model that generates nothing is not asked to, and the lists of metrics pass over what it cannot do.
class Reader : public fakes::OfClasses {
 public:
  [[nodiscard]] bool generates() const override { return false; }
};

TEST(Generation, ModelsWithoutAGeneratorAreRefused) {
  const Reader model;
  const HalvesOfClasses data(60);
  EXPECT_TRUE(contains(lacks(metric("fid"), model, data), "no generator"));
  for (const MetricEntry* entry : metrics_named({all_metrics}, data, model)) {
    EXPECT_EQ(entry->compare, nullptr) << entry->name;
    EXPECT_NE(entry->name, "reconstruction");
  }
}

}  // namespace
}  // namespace refract
