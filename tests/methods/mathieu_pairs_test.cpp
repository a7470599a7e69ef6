// The objective of mathieupairs against calculations that do not use it.
#include <ATen/ops/cat.h>
#include <ATen/ops/full.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/sigmoid.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>

#include "refract/core/errors.h"
#include "refract/methods/mathieu_pairs_networks.h"
#include "tests/methods/mathieu_pairs.h"

namespace refract::pairs_tests {
namespace {

// The codes of a step, whose noise is drawn in this order.
struct Replayed {
  Tensor s1, partner_s, s2, z, prior, cycle;
};

Replayed replayed(const Method& method) {
  const Batch b = batch();
  const at::NoGradGuard no_grad;
  const Tensor s2 = method.encode(b.second.x).at(0), partner_s = method.encode(b.partner.x).at(0);
  const Codes first = method.encode(b.main.x);
  const Tensor sigma = (0.5 * method.log_variances(b.main.x).at(1)).exp();
  at::manual_seed(12);
  const Tensor z = first[1] + sigma * at::randn({kPairs, kZ});
  const Tensor prior = at::randn({kPairs, kZ});
  return {first[0], partner_s, s2, z, prior, at::randn({kPairs, kZ})};
}

// The adversary's verdicts, from a network of its weights.
Tensor verdicts(Method& method, const Tensor& x) {
  const LabelSet labels = label_set({4}, {});
  const LabelledAdversary adversary(method.space(), Architecture{{4, 6}}, labels, 0);
  const auto weights = weights_of(method);
  const at::NoGradGuard no_grad;
  for (const auto& item : adversary.named_parameters())
    item.value().copy_(weights.at(fmt::format("discriminator/adversary.{}", item.key())));
  return adversary.forward(x, indicators(labels, label_column(second_labels), x));
}

Tensor cross_entropy(const Tensor& logits, double target) {
  const Tensor p = at::sigmoid(logits.to(at::kDouble));
  return -(target * p.log() + (1 - target) * (1 - p).log());
}

double squared_error(const Tensor& x, const Tensor& made) {
  return 0.5 * (x - made).square().sum().item<double>() / kPairs;
}

class MathieuPairsTerms : public testing::TestWithParam<bool> {};

TEST_P(MathieuPairsTerms, AreThoseOfAlgorithm1) {
  const bool different = GetParam();
  const auto made = make({{"prior_weight", "13"},
                          {"cycle_weight", "17"},
                          {"real_label", "0.9"},
                          {"swap_with", different ? "different" : "any"}});
  const Batch b = batch();
  const Replayed r = replayed(*made);
  Values expected;
  {
    const at::NoGradGuard no_grad;
    expected["reconstruction"] = squared_error(b.main.x, made->decode({r.s1, r.z}));
    expected["reconstruction_partner"] = squared_error(b.main.x, made->decode({r.partner_s, r.z}));
    expected["kl"] = made->kl(b.main.x).at(1).sum(1).mean().item<double>();
    const Tensor swapped = verdicts(*made, made->decode({r.s2, r.z}));
    Tensor counted = at::full({kPairs}, 1.0, at::kDouble);
    for (const int64_t agreeing : {0, 2})
      if (different) counted[agreeing].zero_();
    const auto mean = [&](const Tensor& each) { return ((each * counted).sum() / counted.sum()).item<double>(); };
    expected["adversarial"] = mean(cross_entropy(swapped, 0.9));
    expected["discriminator"] =
        cross_entropy(verdicts(*made, b.second.x), 0.9).mean().item<double>() + mean(cross_entropy(swapped, 0));
    expected["adversarial_prior"] =
        cross_entropy(verdicts(*made, made->decode({r.s2, r.prior})), 0.9).mean().item<double>();
    const auto again = [&](const Tensor& s) { return made->encode(made->decode({s, r.cycle})).at(1); };
    expected["cycle"] = (again(r.s1) - again(r.s2)).abs().sum().item<double>() / kPairs;
  }
  const Values found = step(*made);
  for (const auto& [name, value] : expected) EXPECT_NEAR(found.at(name) / value, 1, 2e-3) << name;
  const Values again = step(*make({{"swap_with", "any"}}));
  EXPECT_EQ(again.count("cycle") + again.count("adversarial_prior"), 0U) << "the paper has neither";
}

INSTANTIATE_TEST_SUITE_P(Swap, MathieuPairsTerms, testing::Values(false, true),
                         [](const auto& row) { return row.param ? "different" : "any"; });

TEST(MathieuPairs, TheLossWeighsTheTerms) {
  const KeyValues weights = {{"reconstruction_weight", "3"}, {"partner_weight", "5"}, {"kl_weight", "7"},
                             {"adversarial_weight", "11"},   {"prior_weight", "13"},  {"cycle_weight", "17"}};
  const auto rest = [](const Values& t) {
    return 3 * t.at("reconstruction") + 5 * t.at("reconstruction_partner") + 11 * t.at("adversarial") +
           13 * t.at("adversarial_prior") + 17 * t.at("cycle");
  };
  const Values plain = step(*make(weights));
  EXPECT_NEAR(plain.at("loss"), rest(plain) + 7 * plain.at("kl"), 1e-4 * plain.at("loss"));
  KeyValues held = weights;
  held.emplace_back("capacity_z", "500");
  const Values t = step(*make(held));
  EXPECT_NEAR(t.at("loss"), rest(t) + 7 * (500 - t.at("kl")), 1e-4 * t.at("loss"));
}

// What a player moved by, along a random direction, is the slope of its loss: the first moment after one step is
// 1 - beta1 times the gradient. In training mode, so that batch normalisation mixes examples.
void expect_slope(const KeyValues& values, size_t player, const std::string& term) {
  KeyValues all = {{"learning_rate", "0"}, {"discriminator_dropout", "0.3"}};
  all.insert(all.end(), values.begin(), values.end());
  const auto made = make(all);
  step(*made);
  Player& its = *made->players().at(player);
  const NamedTensors moments = its.moments();
  at::manual_seed(77);
  std::vector<Tensor> directions;
  double along = 0, squares = 0;
  for (size_t i = 0; i < its.parameters().size(); ++i) {
    const Tensor gradient = 2 * moments.at(2 * i).second;
    directions.push_back(at::randn(gradient.sizes()));
    along += (gradient * directions.back()).sum().item<double>();
    squares += gradient.square().sum().item<double>();
  }
  const auto move = [&](double by) {
    const at::NoGradGuard no_grad;
    for (size_t i = 0; i < directions.size(); ++i) its.parameters()[i].second.detach().add_(directions[i], by);
  };
  constexpr double width = 3e-5;  // the networks have kinks: wider steps cross some of them
  move(width);
  const double above = step(*made).at(term);
  move(-2 * width);
  const double below = step(*made).at(term);
  EXPECT_GT(squares, 0);
  EXPECT_NEAR((above - below) / (2 * width), along, 0.05 * std::sqrt(squares)) << term;
}

class MathieuPairsGradients : public testing::TestWithParam<std::string> {
 protected:
  [[nodiscard]] static KeyValues with(KeyValues values) {
    values.emplace_back("architecture", GetParam());
    return values;
  }
};

TEST_P(MathieuPairsGradients, TheModelsIsThatOfItsLoss) {
  expect_slope(with({}), 0, "loss");
  expect_slope(with({{"reconstruction_weight", "0"},
                     {"partner_weight", "0"},
                     {"kl_weight", "0"},
                     {"prior_weight", "5"},
                     {"swap_with", "different"}}),
               0, "loss");
}

TEST_P(MathieuPairsGradients, TheDiscriminatorsIsThatOfItsLoss) {
  expect_slope(with({}), 1, "discriminator");
  expect_slope(with({{"swap_with", "different"}, {"prior_weight", "5"}}), 1, "discriminator");
}

INSTANTIATE_TEST_SUITE_P(Architectures, MathieuPairsGradients, testing::Values("pooled", "normed5", "normed3"),
                         [](const auto& row) { return row.param; });

// What counts nothing moves nothing: all pairs are of one class.
TEST(MathieuPairs, PairsOfOneClassCountNothingWhereTheyShouldDiffer) {
  const KeyValues nothing_else = {{"reconstruction_weight", "0"}, {"partner_weight", "0"}, {"kl_weight", "0"}};
  Batch same = batch();
  same.second.labels = same.main.labels;
  const auto moved = [&](const std::string& swap_with) {
    KeyValues values = nothing_else;
    values.emplace_back("swap_with", swap_with);
    const auto made = make(values);
    const Tensor before = weights_of(*made).at("model/encoder.s.weight");
    const Values found = step(*made, same);
    EXPECT_EQ(found.at("adversarial") == 0, swap_with == "different");
    return (weights_of(*made).at("model/encoder.s.weight") - before).abs().max().item<double>();
  };
  EXPECT_GT(moved("any"), 1e-6);
  EXPECT_LT(moved("different"), 1e-9);
}

// Jha et al. 2018: the images are what they are.
TEST(MathieuPairs, TheCycleTrainsTheEncoderAlone) {
  const auto made = make({{"reconstruction_weight", "0"},
                          {"partner_weight", "0"},
                          {"kl_weight", "0"},
                          {"adversarial_weight", "0"},
                          {"cycle_weight", "1"}});
  const auto before = weights_of(*made);
  step(*made);
  for (const auto& [name, tensor] : weights_of(*made)) {
    const bool leads_to_z = name.find("encoder.trunk.") != std::string::npos || name == "model/encoder.z.weight";
    if (name.ends_with(".weight")) {
      EXPECT_EQ(tensor.equal(before.at(name)), !leads_to_z) << name;
    }
  }
}

TEST(MathieuPairs, WithoutAnAdversaryThereIsNone) {
  const auto made = make({{"adversarial_weight", "0"}});
  EXPECT_EQ(made->players().size(), 1U);
  EXPECT_FALSE(made->needs().second.wanted);
  Batch pairs = batch();
  pairs.second = {};
  const auto before = weights_of(*made);
  const Values found = step(*made, pairs);
  EXPECT_EQ(found.count("adversarial") + found.count("discriminator"), 0U);
  EXPECT_NEAR(found.at("loss"),
              found.at("reconstruction") + 2 * found.at("reconstruction_partner") + 0.6 * found.at("kl"),
              1e-4 * found.at("loss"));
  EXPECT_FALSE(weights_of(*made).at("model/encoder.s.weight").equal(before.at("model/encoder.s.weight")));
}

TEST(MathieuPairs, NeedsPairsAndLabels) {
  const Needs needs = make({{"lonely_classes", "leave-out"}})->needs();
  EXPECT_TRUE(needs.main.labels && needs.second.wanted && needs.second.labels && needs.partner.wanted);
  EXPECT_EQ(needs.lonely, Lonely::leave_out);
  EXPECT_EQ(make()->needs().lonely, Lonely::refuse);
  EXPECT_EQ(needs.classes, std::vector<int64_t>{4});
}

// One variance for each dimension of z, or one for each example, too.
TEST(MathieuPairs, ASharedSigmaTellsNothingOfAnExample) {
  for (const bool shared : {false, true}) {
    const auto made = make({{"shared_sigma", shared ? "true" : "false"}, {"learning_rate", "0.01"}});
    const Tensor start = made->log_variances(batch().main.x).at(1).detach();
    for (int i = 0; i < 3; ++i) step(*made);
    const Codes found = made->log_variances(batch().main.x);
    ASSERT_EQ(found.size(), 2U);
    EXPECT_FALSE(found[0].defined());
    EXPECT_EQ(found[1].sizes().vec(), (std::vector<int64_t>{kPairs, kZ}));
    EXPECT_EQ(found[1].std(0).max().item<double>() < 1e-6, shared);
    EXPECT_GT((found[1] - start).abs().max().item<double>(), 1e-3) << "it is learned";
  }
}

}  // namespace
}  // namespace refract::pairs_tests
