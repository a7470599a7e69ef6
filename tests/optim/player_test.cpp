#include "refract/optim/player.h"

#include <ATen/ops/full.h>
#include <ATen/ops/linspace.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>

#include "refract/core/errors.h"

namespace refract {
namespace {

Tensor parameter(std::initializer_list<float> values) {
  return at::tensor(std::vector<float>(values)).requires_grad_();
}

// Floats go through the fused update, doubles through LibTorch's operations.
class PlayerOf : public testing::TestWithParam<at::ScalarType> {};
INSTANTIATE_TEST_SUITE_P(Types, PlayerOf, testing::Values(at::kFloat, at::kDouble));

TEST_P(PlayerOf, AdamFollowsAlgorithmOneOfKingmaAndBa) {
  const Adam adam{.learning_rate = 0.1, .beta1 = 0.5, .beta2 = 0.99, .epsilon = 1e-8};
  Player player("model", adam);
  const Tensor w = at::ones({1}, GetParam()).requires_grad_();
  player.own("w", w);
  double expected = 1;
  double m = 0;
  double v = 0;
  for (int t = 1; t <= 5; ++t) {
    Update update;
    update.descend({{player, (w * w * w).sum()}});
    const double g = 3 * expected * expected;
    m = 0.5 * m + 0.5 * g;
    v = 0.99 * v + 0.01 * g * g;
    expected -= 0.1 * (m / (1 - std::pow(0.5, t))) / (std::sqrt(v / (1 - std::pow(0.99, t))) + 1e-8);
    EXPECT_NEAR(w.item<double>(), expected, 1e-5);
  }
}

TEST_P(PlayerOf, ManyParametersMoveAsOneDoes) {
  const Adam adam{.learning_rate = 0.01, .beta1 = 0.5, .beta2 = 0.99, .epsilon = 1e-8};
  const Tensor start = at::linspace(-2, 2, 100'003, GetParam());
  const Tensor small = at::full({3, 5}, 0.5, GetParam()).requires_grad_();
  const Tensor w = start.clone().requires_grad_();
  Player player("model", adam);
  player.own("small", small);
  player.own("w", w);
  for (int t = 0; t < 3; ++t) {
    Update update;
    update.descend({{player, w.square().sum() + small.sum()}});
  }
  for (const int64_t i : {int64_t{0}, int64_t{77'777}, int64_t{100'002}}) {
    Player alone("alone", adam);
    const Tensor one = start.slice(0, i, i + 1).clone().requires_grad_();
    alone.own("one", one);
    for (int t = 0; t < 3; ++t) {
      Update update;
      update.descend({{alone, one.square().sum()}});
    }
    EXPECT_NEAR(w[i].item<double>(), one.item<double>(), 1e-6) << i;
  }
  EXPECT_NEAR((small - small[0][0]).abs().max().item<double>(), 0, 1e-7);
}

TEST(Player, DescendMovesItsOwnPlayerOnly) {
  Player left("left", {});
  Player right("right", {});
  const Tensor a = parameter({1, 2});
  const Tensor b = parameter({3, 4});
  left.own("a", a);
  right.own("b", b);
  Update update;
  update.descend({{left, (a * b).sum()}});
  EXPECT_FALSE(a.equal(at::tensor({1.0F, 2.0F})));
  EXPECT_TRUE(b.equal(at::tensor({3.0F, 4.0F})));
}

// In a simultaneous update the second player's gradient is taken before the first has moved; in an alternating one
// after.
TEST(Player, OneDescendIsSimultaneousTwoAreAlternating) {
  const auto moved_b = [](bool simultaneous) {
    const Adam adam{
        .learning_rate = 1, .beta1 = 0, .beta2 = 0, .epsilon = 1};  // moves by g / (|g| + 1): keeps the size
    Player left("left", adam);
    Player right("right", adam);
    const Tensor a = parameter({1});
    const Tensor b = parameter({2});
    left.own("a", a);
    right.own("b", b);
    Update update;
    if (simultaneous) {
      update.descend({{left, (a * b).sum()}, {right, (a * b).sum()}});
    } else {
      update.descend({{left, (a * b).sum()}});
      update.descend({{right, (a * b).sum()}});
    }
    return b.item<float>();
  };
  EXPECT_FLOAT_EQ(moved_b(true), 2.0F - 1.0F / 2.0F);                      // gradient a = 1
  EXPECT_FLOAT_EQ(moved_b(false), 2.0F - (1.0F / 3) / (1.0F + 1.0F / 3));  // gradient a = 1 - 2/3
}

TEST(Player, NothingMovesWhereAGradientIsNotFinite) {
  Player player("model", {});
  const Tensor w = parameter({1, 2});
  player.own("w", w);
  Update update;
  update.descend({{player, (w * std::numeric_limits<float>::infinity()).sum()}});
  EXPECT_FALSE(update.finite());
  EXPECT_TRUE(w.equal(at::tensor({1.0F, 2.0F})));
  for (const auto& [name, state] : player.moments()) EXPECT_EQ(state.abs().sum().item<double>(), 0) << name;

  Update again;
  again.descend({{player, w.sum()}});
  EXPECT_TRUE(again.finite());
  EXPECT_FALSE(w.equal(at::tensor({1.0F, 2.0F})));
}

TEST(Player, UnusedParametersStay) {
  Player player("model", {});
  const Tensor used = parameter({1});
  const Tensor unused = parameter({5});
  player.own("used", used);
  player.own("unused", unused);
  Update update;
  update.descend({{player, used.sum()}});
  EXPECT_EQ(unused.item<float>(), 5);
  EXPECT_NE(used.item<float>(), 1);
}

TEST(Player, CopyingIntoWeightsAndMomentsRestoresIt) {
  const auto run = [](int steps, const NamedTensors* weights, const NamedTensors* moments) {
    Player player("model", {});
    const Tensor w = parameter({1, -2, 3});
    player.own("w", w);
    const auto restore = [](NamedTensors to, const NamedTensors& from) {
      for (size_t i = 0; i < to.size(); ++i) to[i].second.copy_(from[i].second);
    };
    if (weights != nullptr) restore(player.weights(), *weights);
    if (moments != nullptr) restore(player.moments(), *moments);
    for (int i = 0; i < steps; ++i) {
      Update update;
      update.descend({{player, (w * w * w).sum()}});
    }
    std::array<NamedTensors, 2> state = {player.weights(), player.moments()};
    for (NamedTensors& part : state)
      for (auto& [name, tensor] : part) tensor = tensor.clone();
    return state;
  };
  const auto whole = run(6, nullptr, nullptr);
  const auto half = run(3, nullptr, nullptr);
  const auto resumed = run(3, half.data(), &half[1]);
  for (size_t part = 0; part < 2; ++part)
    for (size_t i = 0; i < whole.at(part).size(); ++i)
      EXPECT_TRUE(whole.at(part)[i].second.equal(resumed.at(part)[i].second)) << whole.at(part)[i].first;
}

TEST(Player, RateScalesTheStep) {
  const auto moved = [](double rate) {
    Player player("model", {});
    const Tensor w = parameter({1});
    player.own("w", w);
    Update update(rate);
    update.descend({{player, w.sum()}});
    return 1 - w.item<double>();
  };
  EXPECT_NEAR(moved(0.5), 0.5 * moved(1), 1e-7);
  EXPECT_EQ(moved(0), 0);
}

TEST(Player, RefusesTwoParametersOfOneName) {
  Player player("model", {});
  player.own("w", parameter({1}));
  EXPECT_THROW(player.own("w", parameter({1})), Error);
}

// Two optimisers over one weight, as two Adams of a plain program would have it: moments apart, the weight the same.
TEST_P(PlayerOf, AnotherPlayersWeightsMoveUnderMomentsOfTheirOwn) {
  const Adam adam{.learning_rate = 0.1, .beta1 = 0.5, .beta2 = 0.99, .epsilon = 1e-8};
  torch::nn::Module module;
  const Tensor w = module.register_parameter("w", at::ones({2}, GetParam()));
  Player owner("model", adam);
  owner.own("net", module);
  Player second("second", adam);
  second.share("net", module);
  EXPECT_TRUE(second.shares());
  EXPECT_TRUE(second.weights().empty());
  EXPECT_EQ(second.moments().size(), 3U);
  for (int t = 0; t < 3; ++t) {
    Update update;
    update.descend({{second, (5 * w).sum()}});  // Adam's step by a constant gradient is the learning rate
    update.descend({{owner, (-3 * w).sum()}});
    update.descend({{owner, (-3 * w).sum()}});
    EXPECT_NEAR(w[0].item<double>(), 1 + 0.1 * (t + 1), 1e-5);
  }
  EXPECT_NEAR(owner.weights().at(0).second[1].item<double>(), 1.3, 1e-5);
}

}  // namespace
}  // namespace refract
