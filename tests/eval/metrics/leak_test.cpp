// What leaks of models whose codes are known.
#include <ATen/ops/full.h>
#include <ATen/ops/full_like.h>
#include <ATen/ops/one_hot.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros_like.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "refract/eval/evaluator.h"
#include "tests/support/fakes.h"
#include "tests/support/surroundings.h"

namespace refract {
namespace {

using testing_support::contains;

constexpr int64_t kDigits = 4;
const Space tiny_picture = Space::square(1, 4);

using Counts = std::map<Split, int64_t>;
// At most 120 are fitted at once: sanitizers map anew what a step of 128 rows allocates, which takes three times as
// long.
const Counts leak_counts = {{Split::unlabelled, 120}, {Split::fit, 120}, {Split::score, 400}};
// Enough for names, and for what does not depend on what a network learns.
const Counts scarce = {{Split::unlabelled, 40}, {Split::fit, 40}, {Split::score, 40}};

fakes::Source labelled_pictures(const Counts& counts = leak_counts) {
  return {0, kDigits, counts, tiny_picture};
}

Tensor label_of(const Tensor& x) {
  return ((x.select(1, 0).select(1, 1).select(1, 0) + 1) * (kDigits / 2.0)).round().to(at::kLong);
}
Tensor told(const Tensor& x) {
  return at::one_hot(label_of(x), kDigits).to(at::kFloat);
}
Tensor untold(const Tensor& x) {
  return at::zeros_like(told(x));
}
Tensor unrelated_pixels(const Tensor& x) {  // the lower half of the picture, 8 pixels
  return x.select(1, 0).slice(1, 2).flatten(1);
}
Tensor zeros_beside(const Tensor& x) {
  return at::zeros_like(unrelated_pixels(x));
}
Tensor ones_beside(const Tensor& x) {
  return at::full_like(unrelated_pixels(x), 1);
}
// So little that no draw shows it.
Tensor told_faintly(const Tensor& x) {
  return at::full_like(unrelated_pixels(x), -4) + 1e-3 * label_of(x).unsqueeze(1);
}

// "s" has no posterior, "z" a Gaussian one with these parameters.
class KnownCodes : public fakes::FakeModel {
 public:
  using Read = Tensor (*)(const Tensor&);
  KnownCodes(Read s, Read mean, Read log_variance)
      : FakeModel(tiny_picture, {{"s", kDigits, Role::target, false, false}, {"z", 8, Role::common}},
                  [s, mean](const Tensor& x) {
                    return Codes{s(x), mean(x)};
                  }),
        mean_(mean),
        log_variance_(log_variance) {}
  [[nodiscard]] Codes log_variances(const Examples& examples) const override {
    return {Tensor(), log_variance_(examples.x)};
  }
  [[nodiscard]] Codes kl(const Examples& examples) const override {
    return {Tensor(), Gaussian{mean_(examples.x), log_variance_(examples.x)}.kl_of_dimensions()};
  }

 private:
  Read mean_, log_variance_;
};

MetricTable leak_of(const Model& model, const DataSource& data, const Model* untrained = nullptr) {
  return Evaluator(model, data, 0, untrained).measure(metric("leak"));
}

const MetricTable::Row& leak_row(const MetricTable& table, const std::string& name) {
  return *std::find_if(table.rows.begin(), table.rows.end(), [&](const auto& row) { return row.name == name; });
}
double test_error(const MetricTable& table, const std::string& name) {
  return leak_row(table, name).values.back();
}

const std::vector<std::string> ways = {"z sampled", "z mean", "z mean and log-variance"};

TEST(Leak, ACodeOfTheLabelsHasNoErrorAndOneOfSomethingElseThatOfChance) {
  const MetricTable table = leak_of(KnownCodes(told, unrelated_pixels, zeros_beside), labelled_pictures());
  EXPECT_EQ(table.columns, (std::vector<std::string>{"KL (nats)", "train error", "test error"}));
  std::vector<std::string> names;
  for (const MetricTable::Row& row : table.rows) names.push_back(row.name);
  EXPECT_EQ(names, (std::vector<std::string>{"s", "z sampled", "z mean", "z mean and log-variance", "images",
                                             "uniform chance", "majority chance"}));
  EXPECT_LT(test_error(table, "s"), 0.01);
  EXPECT_LT(leak_row(table, "s").values[1], 0.01);
  for (const std::string& way : ways) EXPECT_NEAR(test_error(table, way), 0.75, 0.09) << way;
  EXPECT_LT(test_error(table, "images"), 0.5) << "a pixel shows the label";
  EXPECT_DOUBLE_EQ(test_error(table, "uniform chance"), 0.75);
  EXPECT_DOUBLE_EQ(test_error(table, "majority chance"), 0.75);
  EXPECT_TRUE(contains(table.note, "majority chance: z")) << table.note;
  for (const char* part : {"120 training examples", "120 of the split fit", "400 of the split score", "(class)"})
    EXPECT_TRUE(contains(table.protocol, part)) << table.protocol;
}

TEST(Leak, WhatLogVariancesAloneTellIsReadFromThemAlone) {
  const MetricTable table = leak_of(KnownCodes(untold, unrelated_pixels, told_faintly), labelled_pictures());
  EXPECT_NEAR(test_error(table, "s"), 0.75, 0.001) << "it says nothing";
  EXPECT_NEAR(test_error(table, "z sampled"), 0.75, 0.09);
  EXPECT_NEAR(test_error(table, "z mean"), 0.75, 0.09);
  EXPECT_LT(test_error(table, "z mean and log-variance"), 0.05);
}

TEST(Leak, ANoisyPosteriorHidesInDrawsWhatItsMeanTells) {
  const auto faint_mean = [](const Tensor& x) -> Tensor { return told_faintly(x) + 4; };
  const MetricTable table = leak_of(KnownCodes(untold, faint_mean, zeros_beside), labelled_pictures());
  EXPECT_NEAR(test_error(table, "z sampled"), 0.75, 0.09);
  EXPECT_LT(test_error(table, "z mean"), 0.05);
}

// 8 dimensions of mean 1 and variance 1, and of mean 0 and variance e.
TEST(Leak, TheKlOfABlockStandsInItsRows) {
  const auto known = [](const MetricTable& table) {
    for (const char* name : {"s", "images", "uniform chance", "majority chance"})
      EXPECT_TRUE(std::isnan(leak_row(table, name).values[0])) << name;
    for (const std::string& way : ways)
      EXPECT_EQ(leak_row(table, way).values[0], leak_row(table, "z mean").values[0]) << way;
    return leak_row(table, "z mean");
  };
  const MetricTable::Row one = known(leak_of(KnownCodes(untold, ones_beside, zeros_beside), labelled_pictures(scarce)));
  EXPECT_NEAR(one.values[0], 8 * 0.5, 1e-6);
  EXPECT_NEAR(one.spreads[0], 0, 1e-6);
  EXPECT_DOUBLE_EQ(one.values.back(), 0.75) << "a constant code names one class";
  const MetricTable::Row wide =
      known(leak_of(KnownCodes(untold, zeros_beside, ones_beside), labelled_pictures(scarce)));
  EXPECT_NEAR(wide.values[0], 8 * 0.5 * (std::exp(1.0) - 2), 1e-5);
}

TEST(Leak, AModelThatTellsNoLogVariancesHasOneRowABlock) {
  const fakes::FakeModel model{
      tiny_picture, {{"c", kDigits, Role::category, true}, {"z", 8, Role::whole}}, [](const Tensor& x) {
        return Codes{told(x), unrelated_pixels(x)};
      }};
  const MetricTable table = leak_of(model, labelled_pictures(scarce));
  EXPECT_EQ(table.rows.size(), 4U);
  EXPECT_EQ(table.rows[0].name, "z") << "a category is no code to look for leaks in";
}

// All of its codes are read, classes among them, as `probe` and `classify` read them.
TEST(Leak, AnUntrainedEncoderStandsBetweenTheCodesAndTheImages) {
  const KnownCodes model(untold, unrelated_pixels, zeros_beside);
  const fakes::FakeModel untrained{
      tiny_picture, {{"z", 8, Role::whole}, {"c", kDigits, Role::category, true}}, [](const Tensor& x) {
        return Codes{ones_beside(x), told(x)};
      }};
  const MetricTable table = leak_of(model, labelled_pictures(), &untrained);
  ASSERT_EQ(table.rows.size(), 8U);
  EXPECT_EQ(table.rows[4].name, "untrained encoder");
  EXPECT_EQ(table.rows[5].name, "images");
  EXPECT_LT(test_error(table, "untrained encoder"), 0.01);
  EXPECT_TRUE(std::isnan(leak_row(table, "untrained encoder").values[0])) << "a KL of all its blocks";
  EXPECT_NEAR(test_error(table, "z mean"), 0.75, 0.09) << "the model's own codes";
  EXPECT_TRUE(contains(table.protocol, "Untrained encoder: all codes")) << table.protocol;
  EXPECT_FALSE(contains(leak_of(model, labelled_pictures(scarce)).protocol, "ntrained"));
}

TEST(Leak, AFewRightAnswersAreNotCertain) {
  const MetricTable table = leak_of(KnownCodes(told, unrelated_pixels, zeros_beside),
                                    labelled_pictures({{Split::unlabelled, 40}, {Split::fit, 40}, {Split::score, 8}}));
  EXPECT_EQ(test_error(table, "s"), 0);
  // Of 8 right answers, with a right and a wrong one: deviation sqrt(0.09 * 10 / 9), over the root of 10.
  EXPECT_NEAR(leak_row(table, "s").spreads.back(), 0.1, 1e-9);
}

// The class, its parity, which is unknown for every third example, and the number of the example modulo 50.
class Attributed : public fakes::Source {
 public:
  explicit Attributed(bool parity_in_score = true, const Counts& counts = leak_counts)
      : Source(0, kDigits, counts, tiny_picture), info_(Source::info()), parity_in_score_(parity_in_score) {
    info_.attributes = {{"class", info_.classes}, {"parity", {"even", "odd"}}, {"number", {}, true}};
    info_.attributes[2].values.resize(50, "some number");
  }
  [[nodiscard]] const DataInfo& info() const override { return info_; }
  [[nodiscard]] Tensor attributes(Split split, const Indices& indices) const override {
    const Tensor number = at::tensor(indices, at::kLong);
    const Tensor hidden = split == Split::score && !parity_in_score_ ? number.ge(0) : number.remainder(3).eq(0);
    return at::stack({number.remainder(kDigits), number.remainder(2).masked_fill(hidden, -1), number.remainder(50)}, 1);
  }

 private:
  DataInfo info_;
  bool parity_in_score_;
};

TEST(Leak, ErrorsAreMeansOverTheAttributesThatDescribe) {
  const MetricTable table = leak_of(KnownCodes(told, unrelated_pixels, zeros_beside), Attributed());
  EXPECT_EQ(table.columns, (std::vector<std::string>{"class", "parity", "KL (nats)", "train error", "test error"}));
  for (const MetricTable::Row& row : table.rows)
    EXPECT_NEAR(row.values[4], (row.values[0] + row.values[1]) / 2, 1e-9) << row.name;
  EXPECT_LT(test_error(table, "s"), 0.01);
  EXPECT_NEAR(test_error(table, "z mean"), 0.625, 0.09);
  const MetricTable::Row& chance = leak_row(table, "uniform chance");
  EXPECT_DOUBLE_EQ(chance.values[0], 0.75);
  EXPECT_DOUBLE_EQ(chance.values[1], 0.5);
  EXPECT_DOUBLE_EQ(chance.values[4], 0.625);  // the mean of 1 - 1/k, as in Table 1
  EXPECT_TRUE(contains(table.protocol, "(class, parity)")) << table.protocol;
}

TEST(Leak, SaysWhichAttributeAWholeSplitDoesNotKnow) {
  const MetricTable table = leak_of(KnownCodes(untold, unrelated_pixels, zeros_beside), Attributed(false, scarce));
  EXPECT_EQ(table.columns, (std::vector<std::string>{"KL (nats)", "train error", "test error"}));
  EXPECT_TRUE(contains(table.note, "no label of them: parity.")) << table.note;
}

TEST(Leak, SaysWhatTheDataLack) {
  const auto lacking = [](const fakes::Source& data) { return metric("leak").lacks(data); };
  EXPECT_EQ(lacking(labelled_pictures()), "");
  EXPECT_TRUE(contains(lacking({0, 0, leak_counts}), "no labels"));
  EXPECT_TRUE(contains(lacking({0, 1, leak_counts}), "no labels of two or more values"));
  EXPECT_TRUE(contains(lacking(labelled_pictures({{Split::fit, 9}, {Split::score, 9}})), "no unlabelled examples"));
  EXPECT_TRUE(contains(lacking(labelled_pictures({{Split::unlabelled, 9}, {Split::score, 9}})), "no fit examples"));
  EXPECT_TRUE(contains(lacking(labelled_pictures({{Split::unlabelled, 9}, {Split::fit, 9}})), "no score examples"));
}

}  // namespace
}  // namespace refract
