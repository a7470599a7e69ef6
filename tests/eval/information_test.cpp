// Counting by hand: entropies, information, ranks, and the gaps and shares that stand on them.
#include "refract/eval/information.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/full.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <cmath>

#include "refract/eval/ranks.h"
#include "refract/eval/sampling.h"
#include "tests/eval/support.h"

namespace refract {
namespace {

Tensor column(const std::vector<int64_t>& values, int64_t times = 1) {
  return at::tensor(values, at::kLong).repeat({times}).unsqueeze(1);
}

Tensor beside(const std::vector<Tensor>& columns) {
  return at::cat(columns, 1);
}

TEST(Information, BinsAreThoseOfNumPy) {
  const Tensor x = at::tensor({0.0, 0.99, 1.0, 4.5, 9.99, 10.0}).unsqueeze(1);
  EXPECT_TRUE(histogram_bins(x, 10).equal(column({0, 0, 1, 4, 9, 9})));
  EXPECT_TRUE(histogram_bins(x * -3 + 7, 2).equal(column({1, 1, 1, 1, 0, 0})));
  EXPECT_EQ(histogram_bins(at::ones({5, 2}), 20).abs().max().item<int64_t>(), 0);
}

// A third of k is above or below k / 3 by its last bit.
TEST(Information, AValueOnAnEdgeFallsUpwardsWhateverItsLastBit) {
  const Tensor levels = at::arange(21, at::kDouble).unsqueeze(1);
  const Tensor expected = at::arange(21).clamp_max(19).unsqueeze(1);
  for (const double scale : {1.0, 1.0 / 3, 0.1, 1e-6 / 7, 1e6 / 7}) {
    EXPECT_TRUE(histogram_bins(levels * scale).equal(expected)) << scale;
    EXPECT_TRUE(histogram_bins((levels * scale).to(at::kFloat)).equal(expected)) << scale;
    EXPECT_TRUE(histogram_bins(levels * scale + 1e6 * scale).equal(expected)) << scale;
  }
}

TEST(Information, AConstantColumnLiesInOneBinWhateverItsLastBit) {
  const Tensor tenth = at::full({6, 1}, 0.1, at::kDouble);
  const Tensor summed = at::tensor({0.3, 0.1 + 0.2, 0.3, 0.3, 0.1 + 0.2, 0.3}, at::kDouble).unsqueeze(1);
  EXPECT_EQ(histogram_bins(at::cat({tenth, summed, summed * 1e9}, 1)).max().item<int64_t>(), 0);
}

TEST(Information, EntropyIsInNats) {
  const Tensor h = entropies(beside({column({0, 1, 0, 1}), column({0, 1, 2, 3}), column({0, 0, 0, 3})}));
  EXPECT_NEAR(h[0].item<double>(), std::log(2), 1e-12);
  EXPECT_NEAR(h[1].item<double>(), std::log(4), 1e-12);
  EXPECT_NEAR(h[2].item<double>(), 0.75 * std::log(4.0 / 3) + 0.25 * std::log(4), 1e-12);
}

// The joint counts of code 0 and the factor are 3 1 / 1 3: I = log 2 - h(1/4). Code 1 is the factor, code 2 is apart.
TEST(Information, OfTwoByTwoTables) {
  const Tensor factor = column({0, 0, 0, 0, 1, 1, 1, 1});
  const Tensor codes = beside({column({0, 0, 0, 1, 0, 1, 1, 1}), factor, column({0, 1, 0, 1, 0, 1, 0, 1})});
  const Tensor found = mutual_information(codes, factor);
  ASSERT_EQ(found.sizes(), (std::vector<int64_t>{3, 1}));
  const double quarter = 0.25 * std::log(4) + 0.75 * std::log(4.0 / 3);
  EXPECT_NEAR(found[0][0].item<double>(), std::log(2) - quarter, 1e-12);
  EXPECT_NEAR(found[1][0].item<double>(), std::log(2), 1e-12);
  EXPECT_NEAR(found[2][0].item<double>(), 0, 1e-12);
}

// Every pair as often: independent, with entropies that are no sums of powers of two.
TEST(Information, OfIndependentColumnsIsNothingAtAll) {
  const Tensor rows = at::arange(105);
  const auto digit = [&](int64_t below, int64_t size) { return rows.div(below, "floor").remainder(size).unsqueeze(1); };
  EXPECT_EQ(mutual_information(digit(1, 7), beside({digit(7, 5), digit(35, 3)})).abs().max().item<double>(), 0);
}

// Downwards, the greatest two of 21 levels share a bin; upwards, the least two.
TEST(Information, TheSignOfACodeDoesNotMatterOnEdges) {
  const Tensor code = at::arange(21, at::kDouble).repeat({9}).unsqueeze(1);
  const Tensor above = code.ge(20).to(at::kLong);
  const auto of = [&](const Tensor& x) { return information_in_bins(x, above).item<double>(); };
  EXPECT_NEAR(of(code), of(-code), 1e-12);
  const double whole = entropies(above).item<double>();
  EXPECT_LT(of(code), whole - 0.01);
  EXPECT_GT(of(code), mutual_information(histogram_bins(code), above).item<double>() + 0.01);
}

TEST(Ranks, EqualValuesShareTheirMean) {
  const Tensor found = ranks(at::tensor({3.0, 1.0, 3.0, 2.0, 3.0}));
  EXPECT_TRUE(found.equal(at::tensor({4.0, 1.0, 4.0, 2.0, 4.0}, at::kDouble)));
}

TEST(Ranks, AreaUnderTheCurveCountsPairs) {
  const Tensor positive = at::tensor({1, 1, 0, 0, 0}).to(at::kBool);
  EXPECT_DOUBLE_EQ(area_under_roc(at::tensor({5.0, 4.0, 3.0, 2.0, 1.0}), positive), 1);
  EXPECT_DOUBLE_EQ(area_under_roc(at::tensor({5.0, 2.0, 3.0, 4.0, 1.0}), positive), 4.0 / 6);
  EXPECT_DOUBLE_EQ(area_under_roc(at::zeros({5}), positive), 0.5);
  EXPECT_TRUE(std::isnan(area_under_roc(at::zeros({5}), at::ones({5}, at::kBool))));
}

TEST(Ranks, CorrelationDoesNotSeeScales) {
  const Tensor x = known::noise(50, 1);
  const Tensor found = rank_correlation(x, beside({x.exp(), -x, at::ones({50, 1}, at::kDouble)}));
  EXPECT_NEAR(found[0][0].item<double>(), 1, 1e-12);
  EXPECT_NEAR(found[0][1].item<double>(), -1, 1e-12);
  EXPECT_EQ(found[0][2].item<double>(), 0);
  // 1 2 3 4 and 1 3 2 4: 1 - 6 * 2 / (4 * 15)
  const Tensor a = at::tensor({1.0, 2.0, 3.0, 4.0}).unsqueeze(1);
  EXPECT_NEAR(rank_correlation(a, at::tensor({1.0, 3.0, 2.0, 4.0}).unsqueeze(1)).item<double>(), 0.8, 1e-12);
}

// Codes and factors of 200 rows: eight rows, repeated. The joint counts of near_one and one are 3 1 / 1 3 as above,
// those of near_one and the other factor 2 2 / 2 2. There are fewer factors than codes, so that a matrix turned the
// wrong way gives other numbers.
struct ByHand {
  Tensor one = column({0, 0, 0, 0, 1, 1, 1, 1}, 25);
  Tensor other = column({0, 0, 1, 1, 0, 0, 1, 1}, 25);
  Tensor near_one = column({0, 0, 0, 1, 1, 1, 1, 0}, 25);
  Tensor codes = beside({near_one, one, other}).to(at::kDouble);
  Factors factors = factors_of({"one", "other"}, beside({one, other}), {2, 2});
};

TEST(Mig, IsTheGapOfTheTwoBestDimensionsAsAPartOfTheEntropy) {
  const ByHand by_hand;
  const auto found = known::scores("mig", by_hand.codes, by_hand.factors);
  const double quarter = 0.25 * std::log(4) + 0.75 * std::log(4.0 / 3);
  ASSERT_EQ(found.size(), 3U);
  EXPECT_NEAR(found[0], quarter / std::log(2), 1e-12);  // the second best knows log 2 - quarter
  EXPECT_NEAR(found[1], 1, 1e-12);
  EXPECT_NEAR(found[2], (found[0] + found[1]) / 2, 1e-12);
}

// Two dimensions of 21 levels each, one of every pair: only the last two levels share a bin.
TEST(Mig, DoesNotDependOnRounding) {
  const Tensor k = at::arange(441, at::kDouble);
  const Tensor grid = at::stack({k.remainder(21), k.div(21, "floor")}, 1);
  const Factors factors = factors_of({"one", "other"}, grid, {21, 21});
  const double expected = 1 - 2.0 / 21 * std::log(2) / std::log(21);
  for (const double scale : {1.0, 1.0 / 3, 1e-6 / 7, -1e6 / 7})
    for (const double found : known::scores("mig", grid * scale, factors)) EXPECT_NEAR(found, expected, 1e-12) << scale;
}

TEST(Mig, ASecondDimensionForAFactorTakesItsGap) {
  const Factors factors = known::factors();
  const Tensor perfect = known::perfect(factors);
  const auto found = known::scores("mig", at::cat({perfect, perfect.slice(1, 0, 1)}, 1), factors);
  EXPECT_NEAR(found[0], 0, 1e-12);
  EXPECT_GT(found[1], 0.98);
  EXPECT_EQ(known::scores("mig", perfect.slice(1, 0, 1), factors)[0], 1);  // a lone dimension has no second
}

TEST(Modularity, SharesAreOfSquares) {
  const ByHand by_hand;
  Tensor both = by_hand.one * 2 + by_hand.other;  // knows log 2 of each factor: not modular at all
  const Tensor codes = beside({by_hand.one, both}).to(at::kDouble);
  EXPECT_NEAR(known::score("modularity", codes, by_hand.factors), 0.5, 1e-12);
}

// A full grid of three factors; of the first two the code has nothing.
TEST(Modularity, ADimensionThatKnowsNothingCountsNothing) {
  const Tensor k = at::arange(105, at::kDouble);
  const Tensor grid = at::stack({k.div(35, "floor"), k.div(7, "floor").remainder(5), k.remainder(7)}, 1);
  const Factors factors = factors_of({"three", "five"}, grid.slice(1, 0, 2), {3, 5});
  EXPECT_EQ(known::score("modularity", grid.slice(1, 2), factors), 0);
  EXPECT_EQ(known::score("modularity", grid, factors), 2.0 / 3);
}

TEST(Modularity, ExplicitnessIsOneForWhatALineTellsAndHalfForNoise) {
  const Factors factors = known::factors(900, {2, 2});
  EXPECT_NEAR(known::scores("modularity", known::perfect(factors), factors)[0], 1, 1e-9);
  EXPECT_NEAR(known::scores("modularity", known::noise(900, 4), factors)[0], 0.5, 0.1);
  const Tensor sum = known::perfect(factors).sum(1, true);
  EXPECT_NEAR(known::scores("modularity", sum, factors)[0], 0.875, 0.03);  // ties in half of the pairs of half the rows
}

// One image alone has the second value of the second factor: for most seeds it is not among those scored.
TEST(Modularity, AFactorOfWhichTheScoredRowsShowOneClassIsLeftOut) {
  const Factors one = known::factors(900, {2});
  const Tensor lone = at::arange(900, at::kDouble).eq(0).to(at::kDouble).unsqueeze(1);
  const Factors both = factors_of({"one", "lone"}, at::cat({one.values, lone}, 1), {2, 2});
  for (uint64_t seed = 0; seed < 6; ++seed)
    EXPECT_GT(known::scores("modularity", known::perfect(one), both, seed)[0], 0.4) << seed;
}

// One image alone has the third value, and is not among those that the reader is fitted on.
TEST(Modularity, AClassThatIsNotSeenWhileFittingIsLeftOut) {
  Tensor values = at::arange(300, at::kDouble).remainder(2).unsqueeze(1);
  values[divided(300, 0).score[3].item<int64_t>()] = 5;
  EXPECT_GT(known::scores("modularity", values, factors_of({"rare"}, values, {3}))[0], 0.98);
}

TEST(Sap, DiscreteFactorsCountRecognisedClasses) {
  const ByHand by_hand;
  const auto found = known::scores("sap", by_hand.codes, by_hand.factors);
  EXPECT_NEAR(found[0], 1 - 0.75, 0.06);  // near_one is right in three rows of four
  EXPECT_NEAR(found[1], 1 - 0.5, 0.06);
}

TEST(Sap, RealFactorsCountExplainedVariance) {
  const Tensor values = known::noise(4000, 2);
  const Factors factors = factors_of({"x", "y"}, values, {0, 0});
  const Tensor x = values.select(1, 0), y = values.select(1, 1);
  const auto found = known::scores("sap", at::stack({x, x + y, y * -5}, 1), factors);
  EXPECT_NEAR(found[0], 0.5, 0.03);  // the sum explains half of each
  EXPECT_NEAR(found[1], 0.5, 0.03);
}

// One image alone has another value, and is not among those that are fitted: nothing is divided by.
TEST(Sap, ARealFactorThatIsConstantWhileFittingIsNotPredicted) {
  Tensor values = at::zeros({300, 2}, at::kDouble);
  values.select(1, 1).copy_(known::noise(300, 1).squeeze(1));
  values[divided(300, 0).score[3].item<int64_t>()][0] = 0.5;
  const auto found = known::scores("sap", values, factors_of({"lone", "real"}, values, {0, 0}));
  EXPECT_EQ(found[0], 0);
  EXPECT_GT(found[1], 0.9);
}

}  // namespace
}  // namespace refract
