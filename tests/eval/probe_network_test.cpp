#include "refract/eval/probe_network.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/full.h>
#include <ATen/ops/randint.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "refract/core/errors.h"
#include "refract/core/generator.h"
#include "refract/eval/linear.h"
#include "tests/support/surroundings.h"

namespace refract {
namespace {

using testing_support::contains;
using testing_support::message_of;

// Clouds around (+-1, +-1), labelled with whether the signs differ.
LabelledRows exclusive_or(int64_t rows, uint64_t seed) {
  const at::Generator generator = generator_of(seed);
  const Tensor signs = at::randint(2, {rows, 2}, generator, at::kFloat) * 2 - 1;
  return {signs + 0.2 * at::randn({rows, 2}, generator), signs.prod(1).lt(0).to(at::kLong).unsqueeze(1)};
}

LabelledRows unrelated(int64_t rows, int64_t columns, int64_t classes, uint64_t seed) {
  const at::Generator generator = generator_of(seed);
  return {at::randn({rows, columns}, generator), at::randint(classes, {rows, 1}, generator, at::kLong)};
}

double error_of(const ProbeNetwork& network, const LabelledRows& rows) {
  return network(rows.features).ne(rows.labels).to(at::kDouble).mean().item<double>();
}

TEST(ProbeNetwork, ReadsWhatNoLinearReaderCan) {
  const LabelledRows fitted = exclusive_or(600, 1), scored = exclusive_or(400, 3);
  const LinearMap linear = fit_logistic(fitted.features, fitted.labels.squeeze(1), 2);
  const Tensor said = linear(scored.features).argmax(1, true);
  EXPECT_GT(said.ne(scored.labels).to(at::kDouble).mean().item<double>(), 0.2);
  EXPECT_LT(error_of(fit_probe_network(fitted, exclusive_or(300, 2), {2}, 5).network, scored), 0.01);
}

TEST(ProbeNetwork, DoesNotBeatChanceWhereThereIsNothingToRead) {
  const FittedProbe probe = fit_probe_network(unrelated(1000, 10, 4, 1), unrelated(500, 10, 4, 2), {4}, 5);
  EXPECT_NEAR(error_of(probe.network, unrelated(1000, 10, 4, 3)), 0.75, 0.06);
}

TEST(ProbeNetwork, TheSeedDecidesAndLibTorchsGeneratorIsLeftAlone) {
  const LabelledRows fitted = exclusive_or(200, 1), validation = exclusive_or(100, 2);
  const auto losses = [&](uint64_t seed) {
    return fit_probe_network(fitted, validation, {2}, seed, {.most_rounds = 2}).losses;
  };
  at::manual_seed(7);
  const Tensor before = at::detail::getDefaultCPUGenerator().get_state();
  const std::vector<double> once = losses(5);
  EXPECT_TRUE(at::detail::getDefaultCPUGenerator().get_state().equal(before));
  at::manual_seed(8);
  const at::NoGradGuard no_grad;  // metrics measure without gradients
  EXPECT_EQ(losses(5), once);
  EXPECT_NE(losses(6), once);
}

// float32 holds whole numbers beside four millions, but neither their sum nor their mean.
TEST(ProbeNetwork, AnOffsetChangesNothing) {
  const auto moved = [](LabelledRows rows, double offset) {
    rows.features = (8 * rows.features).round() + offset;
    return rows;
  };
  const auto losses = [&](double offset) {
    const LabelledRows fitted = moved(exclusive_or(300, 1), offset), validation = moved(exclusive_or(100, 2), offset);
    return fit_probe_network(fitted, validation, {2}, 5, {.most_rounds = 2}).losses;
  };
  const std::vector<double> expected = losses(0);
  for (const double offset : {4e6, -4e6})
    for (size_t round = 0; round < expected.size(); ++round)
      EXPECT_NEAR(losses(offset).at(round), expected[round], 1e-4) << offset;
}

// Learned by heart, the labels of 60 rows say nothing of others.
TEST(ProbeNetwork, EarlyStoppingTakesTheBestRound) {
  const LabelledRows validation = unrelated(300, 20, 2, 2);
  const ProbeOptions options;
  const FittedProbe probe = fit_probe_network(unrelated(60, 20, 2, 1), validation, {2}, 5, options);
  const auto least = std::min_element(probe.losses.begin(), probe.losses.end());
  EXPECT_EQ(probe.best, static_cast<size_t>(least - probe.losses.begin()));
  EXPECT_LT(probe.best + 1, probe.losses.size());
  EXPECT_LT(static_cast<int64_t>(probe.losses.size()), options.most_rounds);
  EXPECT_GT(probe.losses.back(), *least);
  EXPECT_DOUBLE_EQ(cross_entropy(probe.network, validation), *least);
}

TEST(ProbeNetwork, EndsWithTheLastRound) {
  const FittedProbe probe = fit_probe_network(exclusive_or(200, 1), exclusive_or(100, 2), {2}, 5, {.most_rounds = 3});
  EXPECT_EQ(probe.losses.size(), 3U);
}

// Three clouds, one class after the other.
TEST(ProbeNetwork, RowsMayStandInTheOrderOfTheirClasses) {
  const auto clouds = [](int64_t each, uint64_t seed) {
    const Tensor labels = at::arange(3 * each).div(each, "floor").to(at::kLong);
    const Tensor x = at::randn({3 * each, 2}, generator_of(seed));
    return LabelledRows{x + 5 * at::stack({labels.eq(1), labels.eq(2)}, 1), labels.unsqueeze(1)};
  };
  const FittedProbe probe = fit_probe_network(clouds(300, 1), clouds(50, 2), {3}, 5);
  EXPECT_LT(error_of(probe.network, clouds(200, 3)), 0.05);
}

TEST(ProbeNetwork, OneClassIsAllItSays) {
  LabelledRows rows = unrelated(100, 3, 2, 1);
  rows.labels = at::zeros({100, 1}, at::kLong);
  EXPECT_EQ(error_of(fit_probe_network(rows, rows, {1}, 5).network, rows), 0);
  rows.labels = at::full({100, 1}, 2, at::kLong);
  EXPECT_EQ(error_of(fit_probe_network(rows, rows, {3}, 5).network, rows), 0);
}

TEST(ProbeNetwork, AConstantColumnSaysNothingWhateverItIsLater) {
  const auto with_column = [](const LabelledRows& rows, double value) {
    return LabelledRows{at::cat({at::full({rows.features.size(0), 1}, value), rows.features}, 1), rows.labels};
  };
  const FittedProbe probe =
      fit_probe_network(with_column(exclusive_or(600, 1), 0.3), with_column(exclusive_or(300, 2), 0.3), {2}, 5);
  const LabelledRows scored = exclusive_or(400, 3);
  EXPECT_LT(error_of(probe.network, with_column(scored, 0.3)), 0.01);
  EXPECT_TRUE(probe.network(with_column(scored, 1e4).features).equal(probe.network(with_column(scored, 0.3).features)));
}

TEST(ProbeNetwork, TellsSeveralAttributesOfWhichSomeLabelsAreUnknown) {
  const auto both = [](int64_t count, uint64_t seed) {
    LabelledRows rows = exclusive_or(count, seed);
    rows.labels = at::cat({rows.labels, rows.features.slice(1, 0, 1).gt(0).to(at::kLong) + 1}, 1);
    return rows;
  };
  const auto hidden = [](LabelledRows rows) {
    const Tensor row = at::arange(rows.labels.size(0)).remainder(3).unsqueeze(1);
    const Tensor unknown = row.eq(at::arange(2));  // of each third row the one, of another third the other
    rows.labels = at::where(unknown, at::full({}, -1, at::kLong), rows.labels);
    return rows;
  };
  const FittedProbe probe = fit_probe_network(hidden(both(900, 1)), hidden(both(300, 2)), {2, 3}, 5);
  const LabelledRows scored = both(400, 3);
  EXPECT_LT(error_of(probe.network, scored), 0.01);
  const std::vector<Tensor> logits = probe.network.logits(scored.features);
  ASSERT_EQ(logits.size(), 2U);
  EXPECT_EQ(logits[1].sizes().vec(), (std::vector<int64_t>{400, 3}));
}

// Uniform logits: log 2 for the one label that is known, nothing for the other, over two rows.
TEST(ProbeNetwork, UnknownLabelsAddNothingToTheLoss) {
  const ProbeNetwork network{Standardizer(at::arange(4).view({2, 2}).to(at::kFloat), kFloatRounding),
                             {2},
                             at::zeros({4, 2}),
                             at::zeros({4}),
                             at::zeros({2, 4}),
                             at::zeros({2})};
  const Tensor labels = at::arange(-1, 1).unsqueeze(1);
  EXPECT_NEAR(cross_entropy(network, {at::zeros({2, 2}), labels}), std::log(2.0) / 2, 1e-6);
}

TEST(ProbeNetwork, RefusesWhatItCannotFitInASentence) {
  const LabelledRows good = exclusive_or(20, 1);
  const auto said = [&](const LabelledRows& fitted, const LabelledRows& validation) {
    return message_of<BadInput>([&] { fit_probe_network(fitted, validation, {2}, 5); });
  };
  EXPECT_TRUE(contains(said({good.features, good.labels.slice(0, 1)}, good), "fitted features [N, D]"));
  EXPECT_TRUE(contains(said(good, {good.features, good.labels + 1}), "validation labels from 0 to 1"));
  EXPECT_TRUE(contains(said(good, {good.features, good.labels - 2}), "found -2"));
  EXPECT_TRUE(contains(said({good.features, at::full({20, 1}, -1, at::kLong)}, good), "a known label"));
  const Tensor infinite = at::full({20, 2}, std::numeric_limits<float>::infinity());
  EXPECT_TRUE(contains(said({infinite, good.labels}, good), "finite fitted features"));
}

}  // namespace
}  // namespace refract
