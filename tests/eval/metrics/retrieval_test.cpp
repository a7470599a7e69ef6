// Retrieval on codes whose neighbours are known.
#include "refract/eval/metrics/retrieval.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/one_hot.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/tensor.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "refract/core/errors.h"
#include "refract/eval/evaluator.h"
#include "tests/support/fakes.h"
#include "tests/support/surroundings.h"

namespace refract {
namespace {

using testing_support::contains;

constexpr int64_t kLabels = 4;

Tensor label_shown_in(const Tensor& x) {
  return ((x.select(1, 0).select(1, 1).select(1, 0) + 1) * (kLabels / 2.0)).round().to(at::kLong);
}

// "e" is the label, "z" holds nothing of it.
fakes::FakeModel of_labels() {
  return {
      Space::square(3, 8), {{"e", kLabels, Role::target}, {"z", 16, Role::common}}, [](const Tensor& x) {
        return Codes{at::one_hot(label_shown_in(x), kLabels).to(at::kFloat), x.select(1, 0).slice(1, 4, 6).flatten(1)};
      }};
}

TEST(Retrieval, LabelsFindTheirOwnAndNoiseFindsAny) {
  const fakes::Source data(0, kLabels, {{Split::fit, 300}, {Split::score, 100}});
  const MetricTable table = Evaluator(of_labels(), data).measure(metric("retrieval"));
  EXPECT_EQ(table.columns, (std::vector<std::string>{"label @1", "label @5", "label @10"}));
  ASSERT_EQ(table.rows.size(), 4U);
  EXPECT_EQ(table.rows[0].name, "e");
  EXPECT_EQ(table.rows[0].values, (std::vector<double>{1, 1, 1}));
  EXPECT_EQ(table.rows[1].name, "z");
  EXPECT_NEAR(table.rows[1].values[2], 0.25, 0.08);
  EXPECT_GT(table.rows[1].spreads[2], 0);
  EXPECT_EQ(table.rows[2].name, "raw pixels");
  EXPECT_EQ(table.rows[3].name, "random guess");
  for (const double value : table.rows[3].values) EXPECT_NEAR(value, 99.0 / 399, 1e-12);
  EXPECT_FALSE(contains(table.note, ": e")) << table.note;
  EXPECT_TRUE(contains(table.protocol, "Queries: 100 ")) << table.protocol;
  EXPECT_FALSE(contains(table.protocol, "ntrained")) << table.protocol;
}

TEST(Retrieval, FactorsStandBesideTheLabelAndAnAverage) {
  const fakes::Source data(2, 2, {{Split::fit, 120}, {Split::score, 60}});
  const MetricTable table = Evaluator(fakes::halves(), data).measure(metric("retrieval"));
  ASSERT_EQ(table.columns.size(), 12U);
  EXPECT_EQ(table.columns[3], "factor 0 @1");
  EXPECT_EQ(table.columns[11], "average @10");
  EXPECT_NE(table.protocol.find("20 equal bins"), std::string::npos) << table.protocol;
  for (const MetricTable::Row& row : table.rows)
    EXPECT_NEAR(row.values[11], (row.values[2] + row.values[5] + row.values[8]) / 3, 1e-12) << row.name;
  EXPECT_NEAR(table.rows.back().values[5], 1.0 / 20, 0.02) << "of a factor in 20 bins";
}

// The label is the brightness. A chequerboard lies above it, much stronger and of another strength in each picture,
// that is gone where squares of 2x2 pixels are averaged.
class Chequered : public fakes::Source {
 public:
  Chequered() : Source(0, kLabels, {{Split::fit, 60}, {Split::score, 20}}, Space::square(1, 32)) {}
  [[nodiscard]] Tensor examples(Split split, const Indices& indices) const override {
    const Tensor strength = Source::examples(split, indices).slice(2, 5, 6).slice(3, 5, 6);  // in [-1, 1]
    const Tensor board = at::tensor({1.0F, -1.0F, -1.0F, 1.0F}).view({1, 1, 2, 2}).repeat({1, 1, 16, 16});
    return labels(split, indices).view({-1, 1, 1, 1}) / 64.0F + strength * board;
  }
};

TEST(Retrieval, StandsBesideAnUntrainedEncoderAndAveragedPixels) {
  const Chequered data;
  const fakes::FakeModel of_pixels = fakes::whole(data.info().space), of_means = fakes::halves(data.info().space);
  const MetricTable table = Evaluator(of_pixels, data, 0, &of_means).measure(metric("retrieval"));
  ASSERT_EQ(table.rows.size(), 4U);
  EXPECT_LT(table.rows[0].values[2], 0.6) << "all pixels show the chequerboard";
  EXPECT_EQ(table.rows[1].name, "untrained encoder");
  EXPECT_EQ(table.rows[1].values, (std::vector<double>{1, 1, 1}));
  EXPECT_EQ(table.rows[2].name, "raw pixels");
  EXPECT_EQ(table.rows[2].values, (std::vector<double>{1, 1, 1}));
  EXPECT_EQ(table.rows[3].name, "random guess");
  EXPECT_TRUE(contains(table.protocol, "Untrained encoder: all codes")) << table.protocol;
  EXPECT_TRUE(contains(table.protocol, "averaged to 16x16")) << table.protocol;
}

// A small column that tells the label beside a large one of noise.
class UnevenColumns : public fakes::Rows {
 public:
  UnevenColumns() : Rows({{Split::fit, 60}, {Split::score, 20}}, Space::row(2), 2) {}
  [[nodiscard]] Tensor examples(Split split, const Indices& indices) const override {
    const Tensor noise = Rows::examples(split, indices).select(1, 1);
    return at::stack({labels(split, indices) * 1e-3F, noise * 1e3F}, 1);
  }
};

TEST(Retrieval, RawValuesOfRowsAreInStandardDeviations) {
  const UnevenColumns data;
  const fakes::FakeModel same{data.info().space, {{"code", 2, Role::whole}}, [](const Tensor& x) { return Codes{x}; }};
  const MetricTable table = Evaluator(same, data).measure(metric("retrieval"));
  EXPECT_LT(table.rows[0].values[1], 0.8) << "the code is the row as it is";
  EXPECT_EQ(table.rows[1].name, "raw values");
  EXPECT_EQ(table.rows[1].values[1], 1);
  EXPECT_TRUE(contains(table.protocol, "in standard deviations of the candidates")) << table.protocol;
}

// Queries at 0 with value 7, and at 9 with an unknown one, on a line of candidates.
Search search_on_a_line() {
  const auto line = [](const std::vector<double>& places) { return at::tensor(places, at::kFloat).unsqueeze(1); };
  const auto values = [](const std::vector<int64_t>& all) { return at::tensor(all, at::kLong); };
  Search search;
  search.queries = {line({0, 9})};
  search.candidates = {line({0, 1, 2, 3, 4, 5, 6, 7})};
  search.own = values({0, -1});
  search.known = {{"kind", values({7, -1}), values({7, -1, 8, 7, 7, -1, 8, 8})}};
  search.protocol = "Two queries.";
  search.note = "Left out: nothing.";
  return search;
}

TEST(Retrieval, WhatIsUnknownDoesNotCountAndTheQueryIsLeftOut) {
  const fakes::FakeModel model{Space::square(3, 8), {{"code", 1, Role::whole}}, [](const Tensor&) { return Codes(); }};
  const MetricTable table = retrieval_table(model, search_on_a_line());
  ASSERT_EQ(table.rows.size(), 2U);
  EXPECT_EQ(table.rows[0].values[0], 0) << "the nearest whose value is known has 8";
  EXPECT_NEAR(table.rows[0].values[1], 2.0 / 5, 1e-12) << "8 7 7 8 8";
  EXPECT_TRUE(std::isnan(table.rows[0].values[2])) << "there are five";
  EXPECT_NEAR(table.rows[1].values[0], 2.0 / 5, 1e-12);
  EXPECT_NE(table.protocol.find("Two queries."), std::string::npos);
  EXPECT_EQ(table.note, "Left out: nothing.") << "and nothing is said of a column without numbers";

  Search diverged = search_on_a_line();
  diverged.candidates[0][3] = std::numeric_limits<double>::infinity();
  EXPECT_THROW(retrieval_table(model, diverged), BadInput);
}

TEST(HeldOutSearch, QueriesAreAmongTheCandidates) {
  const fakes::Source data(2, 2, {{Split::fit, 40}, {Split::score, 30}});
  const HeldOutSearch all = held_out_search(fakes::halves(), data, 3);
  EXPECT_EQ(all.queries.count(), 30);
  EXPECT_EQ(all.candidates.count(), 70);
  const Tensor queries = examples_of(data, all.queries, at::arange(30));
  EXPECT_TRUE(examples_of(data, all.candidates, all.search.own).equal(queries));
  EXPECT_TRUE(all.search.candidates[0].index_select(0, all.search.own).allclose(all.search.queries[0]));
  for (const KnownValues& known : all.search.known)
    EXPECT_TRUE(known.of_candidates.index_select(0, all.search.own).equal(known.of_queries)) << known.name;
  EXPECT_EQ(all.search.known.size(), 3U);
  EXPECT_EQ(names_of(all.queries).at(0), fmt::format("score {}", all.queries.score[0] + 1));
}

TEST(HeldOutSearch, TheSeedDrawsAndNumbersAreBounded) {
  const fakes::Source data(0, 2, {{Split::fit, 4000}, {Split::score, 1500}});
  EXPECT_EQ(drawn_queries(data, 1).count(), 1000);
  EXPECT_EQ(drawn_candidates(data, 1).count(), 5000);
  EXPECT_EQ(drawn_queries(data, 1).score, drawn_queries(data, 1).score);
  EXPECT_NE(drawn_queries(data, 1).score, drawn_queries(data, 2).score);
  const Indices all = drawn_queries(data, 1).score, five = drawn_queries(data, 1, 5).score;
  EXPECT_EQ(five, Indices(all.begin(), all.begin() + 5));
  const Tensor rows = rows_among({{}, all}, drawn_candidates(data, 1));
  EXPECT_TRUE(rows.lt(0).any().item<bool>()) << "some are not among the candidates";
  EXPECT_TRUE(rows.ge(0).any().item<bool>());
  const fakes::Source nothing(0, 2, {{Split::fit, 10}});
  EXPECT_THROW(drawn_queries(nothing, 1), BadInput);
}

}  // namespace
}  // namespace refract
