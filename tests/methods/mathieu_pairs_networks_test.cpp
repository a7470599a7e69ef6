// The networks of mathieupairs: labels, the adversary's two players, the encoder that a classifier trains, and batch
// normalisation in training, in use and in checkpoints.
#include <ATen/ops/cat.h>
#include <ATen/ops/leaky_relu.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/randn.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include "refract/core/errors.h"
#include "refract/methods/mathieu_pairs_networks.h"
#include "refract/train/checkpoint.h"
#include "tests/methods/mathieu_pairs.h"
#include "tests/support/surroundings.h"

namespace refract::pairs_tests {
namespace {

using testing_support::TempFolder;

Tensor images(int64_t count) {
  return at::rand({count, 3, 16, 16}) * 2 - 1;
}

TEST(Labels, AreIndicatorsOfTheColumnsThatAreSeen) {
  const Tensor labels = at::tensor(std::vector<int64_t>{1, 7, 2, -1, 0, 1}).view({2, 3});
  const Tensor seen = indicators(label_set({2, 9, 3}, {0, 2}), labels, at::randn({1}));
  EXPECT_TRUE(seen.equal(at::tensor(std::vector<float>{0, 1, 0, 0, 1, 0, 0, 0, 1, 0}).view({2, 5})));
  EXPECT_EQ(label_set({2, 9, 3}, {}).columns, (std::vector<int64_t>{0, 1, 2}));
  EXPECT_EQ(label_set({}, {}).sizes, std::vector<int64_t>{1}) << "made without data";
  EXPECT_THROW(label_set({2, 9}, {2}), BadInput);
}

TEST(LabelledAdversary, LabelsChangeTheVerdictAndUnknownOnesAddNothing) {
  for (const auto style : {Architecture::Style::pooled, Architecture::Style::normed3}) {
    at::manual_seed(2);
    const LabelSet labels = label_set({4}, {});
    LabelledAdversary adversary(Space::square(3, 16), {{4, 6}, style}, labels, 0.5);
    adversary.train(false);  // no dropout
    const Tensor x = images(3);
    const auto verdict = [&](int64_t label) {
      return adversary.forward(x, indicators(labels, label_column({label, label, label}), x));
    };
    const Tensor known = verdict(1), unknown = verdict(-1);
    EXPECT_GT((verdict(0) - known).abs().min().item<double>(), 1e-4);
    EXPECT_GT((known - unknown).abs().min().item<double>(), 1e-4);
    size_t tables = 0;
    for (const auto& item : adversary.named_parameters())
      if (item.key().starts_with("labels")) {
        item.value().detach().zero_();
        ++tables;
      }
    EXPECT_EQ(tables, style == Architecture::Style::pooled ? 3U : 2U) << "two layers of stride 2 are all there are";
    EXPECT_TRUE(verdict(1).allclose(unknown, 1e-4, 1e-5));
  }
}

// As one would write it: a pass for each player and each kind of example.
TEST(LabelledAdversary, BothPlayersHaveTheGradientsOfPassesOfTheirOwn) {
  for (const auto style : {Architecture::Style::pooled, Architecture::Style::normed5}) {
    at::manual_seed(3);
    const LabelSet labels = label_set({4}, {});
    const LabelledAdversary adversary(Space::square(3, 16), {{4, 6}, style}, labels, 0);
    const Tensor real = images(kPairs), swapped = images(kPairs).requires_grad_(),
                 drawn = images(kPairs).requires_grad_();
    const Tensor seen = indicators(labels, label_column(second_labels), real);
    const Tensor weights = 0.5 + at::rand({kPairs});
    const auto wish = [&](const Tensor& of_swapped, const Tensor& of_drawn) {
      return (of_swapped * weights).sum() + of_drawn.square().sum();
    };
    const auto loss = [&] {
      const Tensor p = adversary.forward(real, seen).sigmoid();
      const Tensor q = adversary.forward(swapped.detach(), seen).sigmoid();
      const Tensor each = -(1 - q).log();
      return -(0.95 * p.log() + 0.05 * (1 - p).log()).mean() + (each * weights).sum() / weights.sum();
    };
    const auto grad = [](const Tensor& of, const std::vector<Tensor>& in) { return torch::autograd::grad({of}, in); };
    std::vector<Tensor> expected =
        grad(wish(adversary.forward(swapped, seen), adversary.forward(drawn, seen)), {swapped, drawn});
    for (const Tensor& gradient : grad(loss(), adversary.parameters())) expected.push_back(gradient);

    const Verdicts found = judge(adversary, {real, swapped, drawn, seen, weights}, 0.95);
    std::vector<Tensor> gradients =
        torch::autograd::grad({wish(found.swapped, found.drawn)}, {swapped, drawn}, {}, true);
    for (const Tensor& gradient : grad(found.loss, adversary.parameters())) gradients.push_back(gradient);
    ASSERT_EQ(gradients.size(), expected.size());
    for (size_t i = 0; i < expected.size(); ++i) {
      const double most = expected[i].abs().max().item<double>();
      EXPECT_TRUE(gradients[i].allclose(expected[i], 1e-3, 1e-4 * most + 1e-7)) << static_cast<int>(style) << " " << i;
    }
  }
}

KeyValues two_steps(const std::string& architecture = "pooled") {
  return {{"classifier_steps", "3"}, {"architecture", architecture}, {"learning_rate", "0.003"}};
}

TEST(TwoSteps, ArePhases) {
  const auto made = make(two_steps());
  EXPECT_EQ(made->phase(0), made->phase(2));
  EXPECT_NE(made->phase(0), 0);
  EXPECT_EQ(made->phase(3), 0);
  EXPECT_EQ(make()->phase(0), 0);
}

// In the first phase the encoder of s and its classifier move, in the second all else; buffers are weights here.
TEST(TwoSteps, EachMovesItsOwnNetworksAndTheFirstThenStays) {
  for (const std::string architecture : {"pooled", "normed5"}) {
    const auto made = make(two_steps(architecture));
    for (const int64_t step_number : {0, 1, 2, 3, 4}) {
      const auto before = weights_of(*made);
      const Values terms = step(*made, made->phase(step_number));
      const bool classifying = step_number < 3;
      EXPECT_EQ(terms.at("classification") > 0, classifying);
      EXPECT_EQ(terms.at("reconstruction") > 0, !classifying);
      for (const auto& [name, tensor] : weights_of(*made))
        EXPECT_EQ(tensor.equal(before.at(name)), name.starts_with("specified/") != classifying)
            << architecture << " step " << step_number << ": " << name;
    }
  }
}

// From the classifier's weights, and s as it is encoded; an unknown label counts for nothing.
TEST(TwoSteps, TheClassifierLearnsByCrossEntropy) {
  const auto made = make(two_steps());
  Batch b = batch();
  b.second.labels = label_column({0, 2, -1, 1, 3, -1});
  auto weights = weights_of(*made);
  const auto layer = [&](const Tensor& x, const std::string& name) {
    const auto part = [&](const char* kind) {
      return weights.at(fmt::format("specified/classifier.{}.{}", name, kind));
    };
    return at::linear(x, part("weight"), part("bias"));
  };
  const Tensor s = made->encode(at::cat({b.main.x, b.second.x})).at(0);
  const Tensor logits = layer(at::leaky_relu(layer(s, "hidden"), 0.2), "head");
  const Tensor log_probabilities = at::log_softmax(logits, 1);
  const Tensor labels = at::cat({b.main.labels, b.second.labels}).flatten();
  double expected = 0;
  for (int64_t i = 0; i < labels.size(0); ++i)
    if (const auto label = labels[i].item<int64_t>(); label >= 0)
      expected -= log_probabilities[i][label].item<double>() / 10;
  const double first = step(*made, b, 1).at("classification");
  EXPECT_NEAR(first / expected, 1, 1e-3);
  double last = first;
  for (int i = 0; i < 200; ++i) last = step(*made, b, 1).at("classification");
  EXPECT_LT(last, 0.6 * first);
}

// Running statistics follow training, decide in use, and are weights of a checkpoint.
TEST(BatchNormalised, StatisticsAreKeptAndSurviveAResume) {
  for (const std::string architecture : {"normed5", "normed3"}) {
    const TempFolder folder;
    const KeyValues values = {{"architecture", architecture}, {"learning_rate", "0.003"}};
    const auto whole = make(values), first = make(values), resumed = make(values);
    const auto go = [](Method& method, int count) {
      method.train(true);
      for (int i = 0; i < count; ++i) step(method);
      method.train(false);
    };
    go(*whole, 4);
    go(*first, 2);
    save_checkpoint(folder / "step", *first, {2, "any", 1, "any"});
    load_checkpoint(folder / "step", "any", *resumed, true);
    go(*resumed, 2);
    const auto expected = weights_of(*whole);
    size_t statistics = 0;
    for (const auto& [name, tensor] : weights_of(*resumed)) {
      EXPECT_TRUE(tensor.equal(expected.at(name))) << name;
      statistics += name.ends_with(".norm.mean") ? 1U : 0U;
    }
    EXPECT_GE(statistics, 5U);
    const at::NoGradGuard no_grad;
    const Tensor x = batch().main.x;
    const Codes together = whole->encode(x), alone = whole->encode(x.slice(0, 2, 3));
    for (size_t block : {size_t{0}, size_t{1}})
      EXPECT_TRUE(alone[block].allclose(together[block].slice(0, 2, 3), 1e-4, 1e-5)) << block;
    for (const auto& [name, tensor] : weights_of(*whole)) EXPECT_TRUE(tensor.equal(expected.at(name))) << name;
  }
}

}  // namespace
}  // namespace refract::pairs_tests
