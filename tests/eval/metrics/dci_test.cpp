// Importances by forests, and steadiness under changes.
#include <ATen/ops/cat.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include "refract/eval/forest.h"
#include "tests/eval/support.h"

namespace refract {
namespace {

struct Dci {
  double informativeness, completeness, disentanglement;
};

Dci dci(const Tensor& codes, const Factors& factors) {
  const auto values = known::scores("dci", codes, factors);
  return {values.at(0), values.at(1), values.at(2)};
}

TEST(Forest, TellsWhatItReadsFromWhatItDoesNot) {
  const Factors factors = known::factors(1500, {5});
  const Tensor codes = at::cat({known::noise(1500, 2), factors.values.cos()}, 1);
  const ForestReading reading = read_by_forest(codes, factors.classes.select(1, 0), divided(1500, 0), 0);
  EXPECT_EQ(reading.accuracy, 1);
  EXPECT_EQ(reading.importance[0].item<double>(), 0);
  EXPECT_EQ(reading.importance[1].item<double>(), 0);
  EXPECT_NEAR(reading.importance[2].item<double>(), 0.8, 0.06);  // shuffled, it is right by chance
}

TEST(Forest, ScoresOnRowsThatItDidNotSee) {
  const Factors factors = known::factors(900, {2});
  const ForestReading reading = read_by_forest(known::noise(900, 6), factors.classes.select(1, 0), divided(900, 0), 0);
  EXPECT_NEAR(reading.accuracy, 0.5, 0.1);
  EXPECT_EQ(reading.importance.sum().item<double>(), 0);
}

TEST(Forest, IsAFunctionOfTheSeed) {
  const Factors factors = known::factors(400, {6});
  const Tensor codes = known::perfect(factors) + 0.5 * known::noise(400, 1);
  const auto read = [&](uint64_t seed) {
    return read_by_forest(codes, factors.classes.select(1, 0), divided(400, 0), seed).accuracy;
  };
  EXPECT_EQ(read(1), read(1));
  EXPECT_NE(read(1), read(2));
}

TEST(Forest, WideCodesCostNoMoreThanThoseOf20Dimensions) {
  for (const int64_t dimensions : {1, 10, 20}) EXPECT_EQ(rows_shuffled(dimensions, 5000), 5000);
  for (const int64_t dimensions : {21, 200, 400}) EXPECT_LE(dimensions * rows_shuffled(dimensions, 5000), 100'000);
  EXPECT_EQ(rows_shuffled(100'000, 5000), 250);
  EXPECT_EQ(rows_shuffled(100'000, 100), 100);
}

TEST(Forest, TellsWhatItReadsOfWideCodesFromAPartOfTheRows) {
  constexpr int64_t wide = 300;
  const Factors factors = known::factors(1200, {3});
  const Tensor codes = at::cat({known::noise(1200, wide - 1) * 0.01, factors.values}, 1);
  ASSERT_LT(rows_shuffled(wide, divided(1200, 0).score.size(0)), divided(1200, 0).score.size(0));
  const Tensor importance = read_by_forest(codes, factors.classes.select(1, 0), divided(1200, 0), 0).importance;
  EXPECT_EQ(importance.argmax().item<int64_t>(), wide - 1);
}

// Three standard errors would let some of 300 dimensions pass.
TEST(Forest, WideNoiseSaysNothing) {
  const Factors factors = known::factors(900, {2, 2, 2, 2});
  for (int64_t k = 0; k < 4; ++k)
    EXPECT_EQ(read_by_forest(known::noise(900, 300), factors.classes.select(1, k), divided(900, 0), 0)
                  .importance.sum()
                  .item<double>(),
              0)
        << k;
}

TEST(Dci, CopiesAreDisentangledButNotComplete) {
  const Factors factors = known::factors(3000, {4, 4});
  const Tensor perfect = known::perfect(factors);
  const Dci found = dci(at::cat({perfect, perfect}, 1), factors);
  EXPECT_NEAR(found.informativeness, 1, 0.001);
  EXPECT_GT(found.disentanglement, 0.9);
  EXPECT_NEAR(found.completeness, 0.5, 0.05);  // two of four dimensions: 1 - log 2 / log 4
}

TEST(Dci, ADimensionForAllFactorsIsCompleteButEntangled) {
  const Factors factors = known::factors(3000, {4, 4});
  const Tensor both = factors.values.matmul(at::tensor({4.0, 1.0}, at::kDouble)).unsqueeze(1);
  const Dci found = dci(at::cat({both, known::noise(3000, 1)}, 1), factors);
  EXPECT_GT(found.informativeness, 0.95);
  EXPECT_NEAR(found.completeness, 1, 0.01);
  EXPECT_NEAR(found.disentanglement, 0, 0.01);
}

TEST(Dci, AClassThatIsNotSeenWhileFittingIsNeverRecognised) {
  const Tensor rare = at::zeros({150, 1}, at::kDouble);
  rare[divided(150, 0).score[3].item<int64_t>()] = 1;
  EXPECT_NEAR(dci(known::noise(150, 2), factors_of({"rare"}, rare, {2})).informativeness, 0.98, 1e-9);
}

// Where one factor is fixed, the first dimension stays put, and the second moves half as far as it can: the other
// factor, 0 or 1, weighs half of it.
TEST(Irs, IsOneLessTheShareOfMovementThatIsLeft) {
  const Factors factors = known::factors(2000, {2, 2});
  const Tensor one = factors.values.select(1, 0), other = factors.values.select(1, 1);
  EXPECT_NEAR(known::score("irs", one.unsqueeze(1), factors), 1, 1e-12);
  EXPECT_NEAR(known::score("irs", (one + other).unsqueeze(1), factors), 0.5, 0.03);
  // The mean of both dimensions, weighted by how far they move: one moves 1/2, the sum moves 1.
  EXPECT_NEAR(known::score("irs", at::stack({one, one + other}, 1), factors), (0.5 * 1 + 1 * 0.5) / 1.5, 0.03);
}

TEST(Irs, LooksAtTheQuantileNotTheGreatest) {
  const Factors factors = known::factors(2000, {2});
  Tensor codes = factors.values.clone();
  codes[17][0] = 50;  // one row in 2,000 strays; the greatest deviation of all grows with it
  const double found = known::score("irs", codes, factors);
  EXPECT_GT(found, 0.99);
}

}  // namespace
}  // namespace refract
