// HFVAE's and the guided VAEs' objectives against calculations that do not use them.
#include <ATen/ops/rand.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "refract/core/errors.h"
#include "refract/core/generator.h"
#include "refract/methods/registry.h"

namespace refract::guided_tests {
namespace {

std::unique_ptr<Method> make(const std::string& name, const KeyValues& values = {}) {
  MethodRecipe recipe = method(name).recipe();
  for (const auto& [key, value] : KeyValues{{"widths", "4,6"}, {"latent", "5"}}) recipe.options.set(key, value);
  for (const auto& [key, value] : values) recipe.options.set(key, value);
  at::manual_seed(10);
  return recipe.make(Space::square(1, 16));
}

Batch batch() {
  at::manual_seed(11);
  Batch b;
  b.main.x = at::rand({6, 1, 16, 16}) * 2 - 1;
  b.population = 60;
  return b;
}

std::map<std::string, double> step(Method& method) {
  const Batch images = batch();
  at::manual_seed(12);  // the same noise each time
  Update update;
  std::map<std::string, double> values;
  for (const auto& [name, value] : method.step(images, update)) values[name] = value.item<double>();
  return values;
}

double regularizer(const std::string& name, const KeyValues& values) {
  return step(*make(name, values)).at("regularizer");
}

double hf(const std::string& alpha, const std::string& beta, const std::string& gamma, const std::string& groups) {
  return regularizer("hfvae", {{"alpha", alpha}, {"beta", beta}, {"gamma", gamma}, {"groups", groups}});
}

TEST(HfVae, WithoutWeightsItIsAVae) {
  const double kl = regularizer("vae", {});
  EXPECT_NEAR(hf("1", "1", "1", "2,3"), kl, 1e-5 * kl);
}

TEST(HfVae, ItsPartsAddUpToTheDivergence) {
  const double kl = hf("1", "1", "1", "2,3");
  const double information = hf("2", "1", "1", "2,3") - kl;
  const double between = hf("1", "2", "1", "2,3") - kl;
  const double within = hf("1", "1", "2", "2,3") - kl;
  EXPECT_GT(information, 0);
  EXPECT_NEAR(hf("3", "5", "8", "2,3"), kl + 2 * information + 4 * between + 7 * within, 1e-3 * kl);
}

// Groups of one dimension have nothing within, one group has nothing beside it: both are beta-TCVAE.
TEST(HfVae, AtTheEdgesItIsBetaTcvae) {
  const KeyValues tc = {{"beta", "7"}, {"sampling", "stratified"}};
  const double expected = regularizer("betatcvae", tc);
  const auto found = [](const KeyValues& values) {
    KeyValues all = {{"sampling", "stratified"}};
    all.insert(all.end(), values.begin(), values.end());
    return regularizer("hfvae", all);
  };
  EXPECT_NEAR(found({{"groups", "1,1,1,1,1"}, {"beta", "7"}, {"gamma", "90"}}), expected, 1e-4 * std::abs(expected));
  EXPECT_NEAR(found({{"groups", "5"}, {"beta", "90"}, {"gamma", "7"}}), expected, 1e-4 * std::abs(expected));
}

TEST(HfVae, ItsPartsAreLoggedAsTheyAre) {
  const double kl = hf("1", "1", "1", "2,3");
  const auto t = step(*make("hfvae", {{"alpha", "3"}, {"beta", "5"}, {"gamma", "8"}, {"groups", "2,3"}}));
  const double information = t.at("mutual_information");
  const double between = t.at("total_correlation_between"), within = t.at("total_correlation_within");
  EXPECT_NEAR(t.at("regularizer"), kl + 2 * information + 4 * between + 7 * within, 1e-4 * kl);
  EXPECT_NEAR(t.at("dimension_kl"), kl - information - between - within, 1e-4 * kl);
}

TEST(HfVae, NoGroupsAreHalves) {
  EXPECT_EQ(hf("1", "5", "1", ""), hf("1", "5", "1", "2,3"));
  EXPECT_NE(hf("1", "5", "1", ""), hf("1", "5", "1", "3,2"));
}

TEST(HfVae, GroupsMustHoldEveryDimension) {
  EXPECT_THROW(make("hfvae", {{"groups", "2,2"}}), BadInput);
  EXPECT_THROW(make("hfvae", {{"groups", "3,3"}}), BadInput);
}

Tensor parameter(Method& method, const std::string& name) {
  for (const auto& [found, tensor] : method.players().at(0)->parameters())
    if (found == name) return tensor;
  ADD_FAILURE() << "no parameter " << name;
  return {};
}

class Guided : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Methods, Guided, testing::Values("guidedvae", "guidedbetatcvae"),
                         [](const auto& row) { return row.param; });

// The code that the step will draw, through a basis and gains set by hand: without deformation, sums of pixels.
TEST_P(Guided, GuidanceIsTheSquaredErrorOfThePca) {
  const auto method = make(GetParam(), {{"learning_rate", "0"}, {"latent_def", "2"}});
  double expected = 0;
  {
    const at::NoGradGuard no_grad;
    parameter(*method, "guide.gains").zero_();
    parameter(*method, "guide.mean").fill_(0.3);
    parameter(*method, "guide.basis").zero_();
    parameter(*method, "guide.basis").select(0, 1).fill_(0.2);
    parameter(*method, "guide.basis").select(0, 2).fill_(-0.1);
    const Tensor images = batch().main.x;
    const Tensor z = method->draw(images, generator_of(12)).at(0);
    for (int64_t i = 0; i < 6; ++i) {
      const double grey = 0.3 + 0.2 * z[i][3].item<double>() - 0.1 * z[i][4].item<double>();
      expected += ((images[i] + 1) / 2 - grey).square().sum().item<double>() / 6;
    }
  }
  const auto t = step(*method);
  EXPECT_NEAR(t.at("guidance"), expected, 1e-3 * expected);
  EXPECT_NEAR(t.at("overlap"), 2 * std::pow(256 * 0.2 * 0.1, 2), 1e-3);
}

// The guide teaches the encoder, and the generator only through it.
TEST_P(Guided, TheGuideMovesTheEncoderAndNotTheGenerator) {
  const auto after = [](const std::string& weight, const std::string& name) {
    const auto method = make(GetParam(), {{"guide_weight", weight}, {"orthogonality_weight", "0"}});
    step(*method);
    return parameter(*method, name).detach().clone();
  };
  EXPECT_FALSE(after("0", "encoder.head.weight").equal(after("1000", "encoder.head.weight")));
  EXPECT_TRUE(after("0", "generator.exit.weight").equal(after("1000", "generator.exit.weight")));
}

TEST_P(Guided, OrthogonalityIsLearned) {
  const auto method =
      make(GetParam(), {{"guide_weight", "0"}, {"orthogonality_weight", "100"}, {"learning_rate", "1e-3"}});
  {
    const at::NoGradGuard no_grad;
    parameter(*method, "guide.basis").add_(0.05);
  }
  const double before = step(*method).at("overlap");
  for (int i = 0; i < 50; ++i) step(*method);
  EXPECT_LT(step(*method).at("overlap"), 0.1 * before);
}

TEST(GuidedVae, TheOtherTermsAreAVaes) {
  const auto vae = step(*make("vae"));
  EXPECT_EQ(step(*make("guidedvae")).at("regularizer"), vae.at("regularizer"));
  EXPECT_EQ(step(*make("guidedvae")).at("reconstruction"), vae.at("reconstruction"));
  EXPECT_EQ(regularizer("guidedbetatcvae", {{"beta", "7"}}), regularizer("betatcvae", {{"beta", "7"}}));
}

TEST(GuidedVae, TheBasisNeedsADimension) {
  EXPECT_THROW(make("guidedvae", {{"latent", "3"}, {"latent_def", "3"}}), BadInput);
}

}  // namespace
}  // namespace refract::guided_tests
