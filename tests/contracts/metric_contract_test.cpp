// What holds for every row of the metric registry.
#include <ATen/ops/full.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <initializer_list>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include "refract/core/errors.h"
#include "refract/eval/evaluator.h"
#include "refract/eval/table.h"
#include "tests/support/fakes.h"

namespace refract {
namespace {

const Space small = Space::square(1, 4);

// No pixel shows the label: a network that learns goes on for eight times as many rounds as one that gives up early.
class Unreadable : public fakes::Source {
 public:
  using Source::Source;
  [[nodiscard]] Tensor examples(Split split, const Indices& indices) const override {
    Tensor pictures = Source::examples(split, indices);
    pictures.select(2, 1).select(2, 0).zero_();
    return pictures;
  }
};

Unreadable complete() {
  return {4, 3, {{Split::unlabelled, 60}, {Split::fit, 120}, {Split::score, 90}}, small};
}

// Two classes, which OfClasses has, too.
Unreadable complete_of_classes() {
  return {4, 2, {{Split::unlabelled, 130}, {Split::fit, 120}, {Split::score, 90}}, Space::square(1, 8)};
}

GenerationOptions few_samples() {
  return {.samples = 60, .pairs = 20, .training = {.steps = 3, .batch = 8, .width = 2}};
}

// Rows without a code, such as chance, have no value there.
bool of_codes_alone(const std::string& column) {
  return column == "KL (nats)";
}

TEST(MetricContract, NamesAreUniqueAndDescribed) {
  std::set<std::string> names;
  for (const MetricEntry& entry : metrics()) {
    EXPECT_TRUE(names.insert(entry.name).second) << entry.name;
    EXPECT_FALSE(entry.summary.empty()) << entry.name;
    EXPECT_FALSE(entry.source.empty()) << entry.name;
    const std::array<bool, 3> ways = {entry.measure != nullptr, entry.score != nullptr, entry.compare != nullptr};
    EXPECT_EQ(std::count(ways.begin(), ways.end(), true), 1) << entry.name;
    EXPECT_EQ(&metric(entry.name), &entry);
  }
}

TEST(MetricContract, UnknownNamesGetTheNearest) {
  for (const MetricEntry& entry : metrics()) {
    try {
      metric(entry.name + "x");
      FAIL() << entry.name;
    } catch (const BadInput& error) {
      EXPECT_NE(std::string(error.what()).find("'" + entry.name + "'"), std::string::npos) << error.what();
    }
  }
}

TEST(MetricContract, TablesAreCompleteFiniteAndRepeatable) {
  const auto data = complete(), of_two = complete_of_classes();
  const fakes::FakeModel two = fakes::halves(small);
  const fakes::FakeModel one = fakes::whole(small);
  const fakes::OfClasses classes;
  for (const MetricEntry& entry : metrics()) {
    ASSERT_EQ(entry.lacks(data), "") << entry.name;
    ASSERT_TRUE(lacks(entry, two, data).empty() || lacks(entry, classes, of_two).empty()) << entry.name;
    for (const Model* model : std::initializer_list<const Model*>{&two, &one, &classes}) {
      if (model == &classes && entry.compare == nullptr) continue;  // the others look at blocks, whatever their roles
      const DataSource& its = model == &classes ? of_two : data;
      const auto measured = [&] { return Evaluator(*model, its, 0, nullptr, few_samples()).measure(entry); };
      if (const std::string missing = lacks(entry, *model, its); !missing.empty()) {
        EXPECT_NE(missing.find(listed_blocks(*model)), std::string::npos) << missing;
        EXPECT_THROW(measured(), BadInput) << entry.name;
        continue;
      }
      const MetricTable table = measured();
      EXPECT_EQ(table.metric, entry.name);
      EXPECT_FALSE(table.title.empty() || table.unit.empty() || table.protocol.empty()) << entry.name;
      ASSERT_GE(table.rows.size(), entry.compare != nullptr ? 2 : model->blocks().size()) << entry.name;
      for (const MetricTable::Row& row : table.rows) {
        EXPECT_EQ(row.values.size(), table.columns.size()) << entry.name << " " << row.name;
        for (size_t c = 0; c < row.values.size(); ++c)
          EXPECT_TRUE(std::isfinite(row.values[c]) || of_codes_alone(table.columns[c]))
              << entry.name << " " << row.name;
      }
      EXPECT_EQ(to_json({table}, 0), to_json({measured()}, 0)) << entry.name;
    }
  }
}

// What takes minutes on real data is not silent.
TEST(MetricContract, LongWorkTellsHowFarItIs) {
  const auto of_two = complete_of_classes();
  const fakes::OfClasses classes;
  for (const char* name : {"leak", "inpainting", "fid"}) {
    std::vector<Progress> told;
    GenerationOptions options = few_samples();
    options.on_progress = [&](const Progress& progress) { told.push_back(progress); };
    Evaluator(classes, of_two, 0, nullptr, options).measure(metric(name));
    ASSERT_GE(told.size(), 3U) << name;
    EXPECT_EQ(told.front().done, 0) << name;
    EXPECT_EQ(told.back().done, told.back().total) << name;
  }
}

TEST(MetricContract, SaysWhatIsMissing) {
  const fakes::Source nothing_known{0, 0, {{Split::fit, 10}, {Split::score, 10}}};
  const fakes::Source no_score{4, 3, {{Split::fit, 10}}};
  const fakes::FakeModel model = fakes::whole();
  for (const MetricEntry& entry : metrics()) {
    EXPECT_NE(entry.lacks(no_score).find("score"), std::string::npos) << entry.name;
    EXPECT_THROW(Evaluator(model, no_score).measure(entry), BadInput) << entry.name;
    if (entry.lacks(nothing_known).empty()) {
      EXPECT_FALSE(Evaluator(model, nothing_known).measure(entry).rows.empty()) << entry.name;
    }
  }
}

// A training of a model without an encoder ends with the metrics that it can have; others are refused in a sentence.
TEST(MetricContract, AModelWithoutAnEncoderIsToldSo) {
  const fakes::FakeModel model = fakes::blind(small);
  const auto data = complete();
  for (const MetricEntry* entry : metrics_named({all_metrics}, data, model))
    EXPECT_EQ(lacks(*entry, model, data), "") << entry->name;
  for (const MetricEntry& entry : metrics()) {
    const std::string missing = lacks(entry, model, data);
    if (missing.empty()) continue;
    EXPECT_THROW(Evaluator(model, data).measure(entry), BadInput) << entry.name;
    EXPECT_THROW(check_metrics({entry.name}, &data, &model), BadInput) << entry.name;
  }
  EXPECT_EQ(lacks(metric("probe"), model, data), lacks_encoder(model));
}

TEST(MetricContract, DivergedCodesAreRefused) {
  constexpr float infinite = std::numeric_limits<float>::infinity();
  const auto data = complete();
  const fakes::FakeModel diverged(
      small, {{"e", 2, Role::target}, {"c", 3, Role::category, true}},
      [](const Tensor& x) {
        return Codes{at::full({x.size(0), 2}, infinite), at::full({x.size(0), 3}, infinite)};
      },
      [](const Codes& codes) { return at::full(small.batch(codes.at(0).size(0)), infinite); });
  for (const MetricEntry& entry : metrics())
    EXPECT_THROW(Evaluator(diverged, data, 0, nullptr, few_samples()).measure(entry), BadInput) << entry.name;
}

}  // namespace
}  // namespace refract
