// The two protocols of the FactorVAE score, and the beta-VAE score.
#include <ATen/ops/cat.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include "tests/eval/support.h"

namespace refract {
namespace {

struct Both {
  double authors, library;
};

Both both(const Tensor& codes, const Factors& factors) {
  const MetricTable table = metric("factor-vae-score").score({representation("codes", codes, factors)}, 0);
  EXPECT_EQ(table.columns, (std::vector<std::string>{"PartedVAE's protocol", "disentanglement_lib's protocol"}));
  return {table.rows[0].values.at(0), table.rows[0].values.at(1)};
}

TEST(FactorVaeScore, SharedDimensionsGetTheVotesOfOneFactorOnly) {
  const Factors factors = known::factors(6000, {3, 4, 5});
  const Tensor perfect = known::perfect(factors);
  const Both whole = both(perfect, factors);
  EXPECT_DOUBLE_EQ(whole.authors, 1);
  EXPECT_DOUBLE_EQ(whole.library, 1);
  // One dimension can stand for one factor: a third of the votes in the library's protocol. The authors have one vote
  // for 100 images of each value of a factor: 60 for each factor, however many values it has.
  const Both lone = both(perfect.slice(1, 0, 1), factors);
  EXPECT_NEAR(lone.authors, 1.0 / 3, 0.02);
  EXPECT_NEAR(lone.library, 1.0 / 3, 0.02);
}

TEST(FactorVaeScore, SeveralDimensionsMayStandForOneFactor) {
  const Factors factors = known::factors(3000, {3, 4});
  const Tensor perfect = known::perfect(factors);
  EXPECT_DOUBLE_EQ(both(at::cat({perfect, perfect * 2}, 1), factors).library, 1);
}

// The second dimension holds a factor, but hardly moves. Left out before the votes, it leaves those of its factor to
// dimensions that cannot tell; dropped after them, it takes these votes along.
TEST(FactorVaeScore, PruningBeforeTheVotesIsNotPruningAfterThem) {
  const Factors factors = known::factors(6000, {3, 3, 3});
  const Tensor codes = known::perfect(factors) * at::tensor({1.0, 0.02, 1.0});
  const Both found = both(codes, factors);
  EXPECT_DOUBLE_EQ(found.authors, 1);
  EXPECT_NEAR(found.library, 2.0 / 3, 0.02);
}

TEST(FactorVaeScore, TheProtocolsPruneAtDifferentDeviations) {
  const Factors factors = known::factors(3000, {3, 3});
  const Tensor codes = known::perfect(factors).slice(1, 0, 1);
  EXPECT_GT(both(codes * 0.07, factors).library, 0.4);
  EXPECT_EQ(both(codes * 0.07, factors).authors, 0);
  EXPECT_EQ(both(codes * 0.03, factors).library, 0);
  EXPECT_GT(both(codes * 0.12, factors).authors, 0.4);
}

// With few votes and many dimensions, a classifier scored on the votes that fitted it finds what is not there.
TEST(FactorVaeScore, ScoringTheVotesThatFittedFlattersNoise) {
  const Factors factors = known::factors(20000, {4, 4, 4, 4, 4});
  const Both found = both(known::noise(20000, 40), factors);
  EXPECT_GT(found.authors, 0.26);
  EXPECT_NEAR(found.library, 0.2, 0.015);
}

TEST(FactorVaeScore, VariancesAreSeenBesideThoseOfAllImages) {
  const Factors factors = known::factors(3000, {3, 4, 6});
  const Tensor codes = (known::perfect(factors) + 0.1 * known::noise(3000, 3)) * at::tensor({100.0, 1.0, 0.2});
  EXPECT_DOUBLE_EQ(both(codes, factors).library, 1);
  EXPECT_DOUBLE_EQ(both(codes, factors).authors, 1);
}

TEST(FactorVaeScore, RealFactorsAreSharedWithinABin) {
  const Tensor values = known::noise(4000, 3);
  const Factors factors = factors_of({"x", "y", "z"}, values, {0, 0, 0});
  EXPECT_GT(both(values, factors).library, 0.99);
}

// A factor that is shared does not differ: its dimension is told by its zero, however the others differ.
TEST(BetaVaeScore, TellsThePartThatDoesNotDiffer) {
  const Factors factors = known::factors(2000, {3, 4});
  const Tensor perfect = known::perfect(factors);
  EXPECT_DOUBLE_EQ(known::score("beta-vae-score", perfect, factors), 1);
  EXPECT_NEAR(known::score("beta-vae-score", known::noise(2000, 6), factors), 0.5, 0.03);
  // Only the first factor is seen: what does not differ is the first one, what does is the other.
  EXPECT_DOUBLE_EQ(known::score("beta-vae-score", perfect.slice(1, 0, 1), factors), 1);
}

}  // namespace
}  // namespace refract
