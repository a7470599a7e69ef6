// What all metrics of codes and factors have in common.
#include <ATen/ops/cat.h>
#include <ATen/ops/full.h>
#include <ATen/ops/linalg_qr.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include <map>

#include "refract/core/errors.h"
#include "refract/eval/table.h"
#include "tests/eval/support.h"

namespace refract {
namespace {

struct Known {
  double perfect;  // at least this for a dimension a factor
  double noise;    // at most this for noise
  bool falls;      // whether a rotation of perfect codes must lower it
};

// The beta-VAE score's classifier looks at all dimensions at once, so that a rotation need not trouble it.
const std::map<std::string, Known> all = {{"factor-vae-score", {1, 0.45, true}},
                                          {"beta-vae-score", {1, 0.45, false}},
                                          {"mig", {0.98, 0.05, true}},
                                          {"sap", {0.65, 0.05, true}},
                                          {"dci", {0.99, 0.01, true}},
                                          {"modularity", {0.98, 1, true}},
                                          {"irs", {1, 0.35, true}}};

Tensor rotated(const Tensor& codes) {
  return codes.matmul(std::get<0>(at::linalg_qr(known::noise(codes.size(1), codes.size(1), 4))));
}

TEST(Disentanglement, EveryMetricOfCodesIsTestedHere) {
  size_t found = 0;
  for (const MetricEntry& entry : metrics())
    if (entry.score != nullptr)
      found += all.count(entry.name);
    else
      EXPECT_EQ(all.count(entry.name), 0U);
  EXPECT_EQ(found, all.size());
}

TEST(Disentanglement, PerfectCodesScoreOneInAnyOrderAndScale) {
  const Factors factors = known::factors();
  const Tensor perfect = known::perfect(factors);
  const Tensor turned = perfect.index_select(1, at::tensor({2, 0, 1})) * at::tensor({-1.0, 3.0, 0.5});
  for (const auto& [name, expected] : all) {
    const double score = known::score(name, perfect, factors);
    EXPECT_GE(score, expected.perfect - 1e-9) << name;
    EXPECT_LE(score, 1 + 1e-9) << name;
    EXPECT_NEAR(known::score(name, turned, factors), score, 0.01) << name;
  }
}

TEST(Disentanglement, RotationsLowerTheScore) {
  const Factors factors = known::factors();
  const Tensor perfect = known::perfect(factors);
  for (const auto& [name, expected] : all)
    if (expected.falls) {
      EXPECT_LT(known::score(name, rotated(perfect), factors), known::score(name, perfect, factors) - 0.1) << name;
    }
}

TEST(Disentanglement, NoiseScoresNearChance) {
  const Factors factors = known::factors();
  const Tensor noise = known::noise(3000, 5);
  for (const auto& [name, expected] : all) {
    const double score = known::score(name, noise, factors);
    EXPECT_LE(score, expected.noise) << name;
    EXPECT_GE(score, 0) << name;
  }
}

TEST(Disentanglement, DeadDimensionsChangeLittleAndAloneScoreNothing) {
  const Factors factors = known::factors();
  Tensor dead = at::full({3000, 2}, 0.25, at::kDouble);
  dead.select(1, 1).fill_(0.1);  // whose mean is not 0.1 but for rounding
  const Tensor beside = at::cat({known::perfect(factors), dead}, 1);
  for (const auto& [name, expected] : all) {
    // A dimension that knows nothing counts against modularity, by its definition.
    const double kept = name == "modularity" ? 0.6 * expected.perfect : expected.perfect;
    EXPECT_GE(known::score(name, beside, factors), kept - 1e-9) << name;
    const double alone = known::score(name, dead, factors);
    EXPECT_LE(alone, name == "beta-vae-score" ? 0.36 : 0) << name;
  }
}

TEST(Disentanglement, RowsDoNotSeeEachOtherAndTheSeedDecides) {
  const Factors factors = known::factors(600);
  const Representation one = representation("one", rotated(known::perfect(factors)), factors);
  const Representation two = representation("two", known::noise(600, 2), factors);
  for (const auto& [name, expected] : all) {
    const MetricEntry& entry = metric(name);
    const MetricTable both = entry.score({two, one}, 5);
    ASSERT_EQ(both.rows.size(), 2U) << name;
    EXPECT_EQ(both.rows[1].values, entry.score({one}, 5).rows[0].values) << name;
    EXPECT_EQ(to_json({both}, 0), to_json({entry.score({two, one}, 5)}, 0)) << name;
  }
  EXPECT_NE(known::score("factor-vae-score", one.codes, factors, 5),
            known::score("factor-vae-score", one.codes, factors, 6));
}

}  // namespace
}  // namespace refract
