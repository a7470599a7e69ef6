// PartedVAE's objective against calculations that do not use it.
#include <ATen/ops/cat.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "refract/core/errors.h"
#include "refract/core/generator.h"
#include "refract/methods/parted_model.h"
#include "refract/methods/registry.h"
#include "refract/nn/categorical.h"

namespace refract::parted_vae_tests {
namespace {

std::unique_ptr<Method> make(const KeyValues& values = {}) {
  const MethodRecipe recipe = method("partedvae").recipe();
  Options options = recipe.options;
  for (const auto& [key, value] : KeyValues{{"widths", "4,6"}, {"hidden", "12"}, {"latent_z", "4"}})
    options.set(key, value);
  for (const auto& [key, value] : values) options.set(key, value);
  at::manual_seed(10);
  return recipe.make(Space::square(1, 16));
}

Batch batch() {
  at::manual_seed(11);
  Batch b;
  b.main.x = at::rand({12, 1, 16, 16}) * 2 - 1;
  b.labelled.x = at::rand({5, 1, 16, 16}) * 2 - 1;
  b.labelled.labels = at::tensor(std::vector<int64_t>{0, 1, 2, 1, -1}).view({5, 1});
  return b;
}

std::map<std::string, double> scalars(Method& method, double progress) {
  Update update(1.0, progress);
  std::map<std::string, double> all;
  for (const auto& [name, value] : method.step(batch(), update)) all[name] = value.item<double>();
  return all;
}

// Eq. 6 put together again from its terms; capacities grow linearly and then stay, that of u in a time of its own where
// one is given.
TEST(PartedVae, TheLossIsEquationSix) {
  KeyValues weights = {{"gamma_c", "7"},     {"gamma_h", "3"},           {"gamma_u", "11"},
                       {"gamma_z", "13"},    {"gamma_bc", "5"},          {"capacity_u", "4"},
                       {"capacity_z", "20"}, {"capacity_growth", "0.5"}, {"learning_rate", "0"}};
  const auto check = [&](double progress, double grown_u) {
    const auto t = scalars(*make(weights), progress);
    const double grown = std::min(progress / 0.5, 1.0);
    const double expected = t.at("reconstruction") + 13 * std::abs(t.at("kl_z") - 20 * grown) +
                            11 * std::abs(t.at("kl_u") - 4 * grown_u) + 3 * t.at("entropy") + 7 * t.at("kl_c") +
                            5 * t.at("overlap");
    EXPECT_NEAR(t.at("loss"), expected, 1e-3 * std::abs(expected)) << progress;
  };
  const std::vector<double> moments = {0.0, 0.25, 0.5, 0.9};
  for (const double progress : moments) check(progress, std::min(progress / 0.5, 1.0));
  weights.emplace_back("capacity_u_growth", "0.8");
  for (const double progress : moments) check(progress, std::min(progress / 0.8, 1.0));
}

// Adam's first step is as long as the learning rate, whatever the gradient.
TEST(PartedVae, PriorsMoveAtARateOfTheirOwn) {
  const auto moved = [](const std::string& rate) {
    const auto method = make({{"learning_rate", "0.001"}, {"prior_rate", rate}});
    const Tensor before = method->prior(1).mean.detach();
    scalars(*method, 0);
    return std::pair{before, (method->prior(1).mean.detach() - before).abs()};
  };
  const auto [start, step] = moved("1");
  const auto [same_start, long_step] = moved("5");
  EXPECT_LT((same_start - start).abs().max().item<double>(), 1e-6);
  EXPECT_NEAR(step.max().item<double>(), 0.001, 1e-5);
  EXPECT_NEAR(long_step.max().item<double>(), 0.005, 5e-5);
}

TEST(PartedVae, BinaryCrossEntropyOfAnUntrainedGeneratorIsThatOfEvenOdds) {
  const auto t = scalars(*make(), 0);
  EXPECT_NEAR(t.at("reconstruction"), 256 * std::log(2.0), 3);
}

// Overlaps of pairs i < j, less what is tolerated: three classes of which two are alike.
TEST(PartedVae, OverlapCountsEachPairOnce) {
  const Gaussian classes{at::tensor(std::vector<double>{0, 0, 2}).view({3, 1}), at::zeros({3, 1}, at::kDouble)};
  const double apart = std::exp(-4.0 / 8);  // two standard normals, 2 apart
  EXPECT_NEAR(overlap(classes, 0).item<double>(), 1 + 2 * apart, 1e-12);
  EXPECT_NEAR(overlap(classes, 0.7).item<double>(), 0.3, 1e-12);
}

TEST(PartedVae, TheExpectedDivergenceWeighsClasses) {
  const Gaussian posterior{at::tensor(std::vector<double>{1, -1}).view({2, 1}), at::zeros({2, 1}, at::kDouble)};
  const Gaussian priors{at::tensor(std::vector<double>{1, 4}).view({2, 1}), at::zeros({2, 1}, at::kDouble)};
  const Tensor classes = at::tensor(std::vector<double>{0.9, 0.1, 0.4, 0.6}).view({2, 2});
  const Tensor kl = expected_kl(classes.log(), posterior, priors);  // of unit Gaussians: half the squared distance
  EXPECT_NEAR(kl[0].item<double>(), 0.1 * 4.5, 1e-12);
  EXPECT_NEAR(kl[1].item<double>(), 0.4 * 2 + 0.6 * 12.5, 1e-12);
}

// Eq. 7 from the classes' probabilities before the step; an unknown label counts for nothing.
TEST(PartedVae, LabelsAreLearnedByCrossEntropy) {
  const auto method = make({{"labelled", "5"}});
  const Tensor classes = method->encode(batch().labelled.x).at(0);
  double expected = 0;
  const std::vector<int64_t> labels = {0, 1, 2, 1};
  for (size_t i = 0; i < labels.size(); ++i)
    expected -= std::log(classes[static_cast<int64_t>(i)][labels[i]].item<double>()) / 4;
  EXPECT_NEAR(scalars(*method, 0).at("supervised"), expected, 1e-5);
  EXPECT_EQ(method->needs().labelled, 5);
  EXPECT_EQ(make()->needs().labelled, 0);
}

TEST(PartedVae, AFewLabelsAreLearnedByHeart) {
  const auto method = make({{"labelled", "5"}, {"learning_rate", "0.003"}});
  double first = 0, last = 0;
  for (int step = 0; step < 60; ++step) {
    last = scalars(*method, 0).at("supervised");
    if (step == 0) first = last;
  }
  EXPECT_LT(last, 0.2 * first);
}

// The baseline of Sec. 5.1: what leads to q(c | x) moves, all else stays as it was drawn.
TEST(PartedVae, LabelsAloneMoveTheClassifierAlone) {
  const auto weights = [](Method& method) {
    std::map<std::string, Tensor> all;
    for (const auto& [name, tensor] : method.players().at(0)->weights()) all[name] = tensor.clone();
    return all;
  };
  const auto method = make({{"labelled", "5"}, {"labels_only", "true"}, {"classes", "3,2"}});
  Batch b = batch();
  b.labelled.labels = at::tensor(std::vector<int64_t>{0, 1, 1, 0, 2, 1, 1, 0, 0, 1}).view({5, 2});
  const auto before = weights(*method);
  Update update;
  const Scalars terms = method->step(b, update);
  ASSERT_EQ(terms.size(), 1U);
  EXPECT_EQ(terms[0].first, "supervised");
  for (const auto& [name, tensor] : weights(*method)) {
    const bool leads_to_c = name.find("encoder.trunk.") != std::string::npos ||
                            name.find("encoder.class1.") != std::string::npos ||
                            name.find("encoder.class2.") != std::string::npos;
    EXPECT_EQ(tensor.equal(before.at(name)), !leads_to_c) << name;
  }
}

TEST(PartedVae, LabelsAloneNeedLabels) {
  EXPECT_THROW(make({{"labels_only", "true"}}), BadInput);
}

TEST(PartedVae, SeveralVariablesHaveBlocksOfTheirOwn) {
  const auto method = make({{"classes", "3,2"}, {"latent_u", "2"}});
  std::string names;
  for (const Block& block : method->blocks()) names += block.name + " ";
  EXPECT_EQ(names, "c1 c2 u1 u2 z ");
  const Codes codes = method->encode(batch().main.x);
  EXPECT_LT((codes.at(1).sum(1) - 1).abs().max().item<double>(), 1e-5);
  EXPECT_EQ(codes.at(2).size(1), 2);
}

// Classes come in their shares, and u from the Gaussian of its class.
TEST(PartedVae, ThePriorIsDrawnFromAsItStands) {
  const auto method = make({{"classes", "3"}, {"class_shares", "1,3,6"}});
  const at::NoGradGuard no_grad;
  const Codes codes = draw_prior(*method, 20'000, generator_of(5));
  const Tensor shares = codes.at(0).mean(0);
  EXPECT_NEAR(shares[1].item<double>(), 0.3, 0.02);
  EXPECT_NEAR(shares[2].item<double>(), 0.6, 0.02);
  for (int64_t c = 0; c < 3; ++c) {
    const Tensor u = codes.at(1).masked_select(codes.at(0).slice(1, c, c + 1).gt(0.5));
    EXPECT_GT(u.std().item<double>(), 0.2);
    EXPECT_LT(u.std().item<double>(), 1.7);
  }
  EXPECT_NEAR(codes.at(2).std().item<double>(), 1, 0.02);
}

TEST(PartedVae, SharesThatDoNotFitTheClassesAreRefused) {
  EXPECT_THROW(make({{"classes", "3"}, {"class_shares", "1,3"}}), BadInput);
}

}  // namespace
}  // namespace refract::parted_vae_tests
