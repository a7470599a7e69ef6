// Objectives of the methods that the reference-based ones are compared with, against calculations that do not use them.
#include <ATen/ops/rand.h>
#include <ATen/ops/zeros_like.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "refract/core/errors.h"
#include "refract/core/generator.h"
#include "refract/methods/registry.h"

namespace refract::baselines_tests {
namespace {

std::unique_ptr<Method> make(const std::string& name, const KeyValues& values = {}) {
  MethodRecipe recipe = method(name).recipe();
  for (const auto& [key, value] : KeyValues{{"widths", "4,6"}, {"latent", "5"}, {"latent_s", "3"}, {"latent_z", "5"}})
    if (recipe.options.has(key)) recipe.options.set(key, value);
  for (const auto& [key, value] : values) recipe.options.set(key, value);
  at::manual_seed(10);
  return recipe.make(Space::square(3, 16));
}

Batch batch(int64_t population = 0) {
  at::manual_seed(11);
  Batch b;
  b.main.x = at::rand({6, 3, 16, 16}) * 2 - 1;
  b.reference.x = at::rand({6, 3, 16, 16}) * 2 - 1;
  b.second.x = at::rand({6, 3, 16, 16}) * 2 - 1;
  b.population = population;
  return b;
}

std::map<std::string, double> step(Method& method, int64_t population = 0) {
  at::manual_seed(12);  // the same noise each time
  Update update;
  std::map<std::string, double> values;
  for (const auto& [name, value] : method.step(batch(population), update)) values[name] = value.item<double>();
  return values;
}

double regularizer(const std::string& name, const KeyValues& values, int64_t population = 0) {
  return step(*make(name, values), population).at("regularizer");
}

TEST(BetaVae, BetaIsTheWeightOfTheKlDivergence) {
  const double kl = regularizer("vae", {});
  EXPECT_GT(kl, 0);
  EXPECT_NEAR(regularizer("betavae", {{"beta", "7"}}) / kl, 7, 1e-5);
}

TEST(BetaTcVae, BetaWeighsWhatIsNotInAVaesDivergence) {
  const double kl = regularizer("vae", {});
  EXPECT_NEAR(regularizer("betatcvae", {{"beta", "1"}}), kl, 1e-5 * kl);
  const double two = regularizer("betatcvae", {{"beta", "2"}}) - kl;
  EXPECT_NEAR((regularizer("betatcvae", {{"beta", "6"}}) - kl) / two, 5, 1e-3);
}

TEST(BetaTcVae, TheStratifiedEstimateKnowsTheDataSet) {
  const auto of = [](int64_t population) { return regularizer("betatcvae", {{"sampling", "stratified"}}, population); };
  EXPECT_GT(std::abs(of(60'000) - of(6)), 0.5);
}

TEST(BetaTcVae, ItsPartsStandApart) {
  const double kl = regularizer("vae", {});
  for (const char* sampling : {"weighted", "stratified"})
    for (const int64_t population : {6, 60'000}) {
      const auto t = step(*make("betatcvae", {{"beta", "3"}, {"sampling", sampling}}), population);
      EXPECT_NEAR(t.at("mutual_information") + t.at("total_correlation") + t.at("dimension_kl"), kl, 1e-4 * kl);
      EXPECT_NEAR(t.at("regularizer"), kl + 2 * t.at("total_correlation"), 1e-4 * kl);
    }
}

// Weighted sampling takes a batch for the whole set: its six images are all that codes can tell.
TEST(BetaTcVae, CurvesDoNotGrowWithTheDataSet) {
  const auto of = [](int64_t population) { return step(*make("betatcvae"), population); };
  const auto small = of(6), large = of(60'000);
  for (const auto& [name, value] : small) EXPECT_NEAR(large.at(name), value, 1e-4 * std::abs(value) + 1e-4) << name;
  EXPECT_GE(small.at("mutual_information"), 0);
  EXPECT_LE(small.at("mutual_information"), std::log(6.0) + 1e-5);
}

// Penalties on the covariances of the posterior means, written out; for II the variances of the posteriors are added,
// measured from many draws.
double penalty_by_hand(Method& method, double off_diagonal, double diagonal, bool of_samples) {
  const at::NoGradGuard no_grad;
  const Tensor images = batch().main.x;
  const Tensor means = method.encode(images).at(0).to(at::kDouble);
  const int64_t n = means.size(0);
  const at::Generator generator = generator_of(1);
  const int64_t dimensions = means.size(1);
  Tensor variance = at::zeros_like(means);
  if (of_samples)
    for (int i = 0; i < 3000; ++i) variance += (method.draw(images, generator).at(0) - means).square() / 3000;
  double penalty = 0;
  for (int64_t a = 0; a < dimensions; ++a)
    for (int64_t b = 0; b < dimensions; ++b) {
      double covariance = 0;
      for (int64_t i = 0; i < n; ++i)
        covariance += (means[i][a] - means.select(1, a).mean()).item<double>() *
                      (means[i][b] - means.select(1, b).mean()).item<double>() / static_cast<double>(n);
      if (a == b) covariance += variance.select(1, a).mean().item<double>();
      penalty += a == b ? diagonal * (covariance - 1) * (covariance - 1) : off_diagonal * covariance * covariance;
    }
  return penalty;
}

void expect_dip_penalty(const std::string& name, bool of_samples, double tolerance) {
  const double without = regularizer(name, {{"lambda_od", "0"}, {"lambda_d", "0"}});
  for (const bool diagonal : {false, true}) {
    const KeyValues values = {{"lambda_od", diagonal ? "0" : "500"}, {"lambda_d", diagonal ? "30" : "0"}};
    const double found = regularizer(name, values) - without;
    const double expected = penalty_by_hand(*make(name), diagonal ? 0 : 500, diagonal ? 30 : 0, of_samples);
    EXPECT_NEAR(found / expected, 1, tolerance) << name << (diagonal ? ": variances" : ": covariances");
  }
}

TEST(DipVae, OnePenalisesTheCovarianceOfTheMeans) {
  expect_dip_penalty("dipvae1", false, 1e-3);
}

TEST(DipVae, TwoPenalisesTheCovarianceOfTheCodes) {
  expect_dip_penalty("dipvae2", true, 0.03);
}

KeyValues only_adversarial(const std::string& name) {
  KeyValues values = {{"laplace_scale", "1e6"}, {"kl_weight", "0"}, {"learning_rate", "1e-3"}};
  if (name == "svae") values.insert(values.end(), {{"latent_weight", "0"}, {"discriminator_dropout", "0"}});
  return values;
}

struct Adversaries {
  std::string method, term;  // the term that the model minimises
};

class Adversarial : public testing::TestWithParam<Adversaries> {};

TEST_P(Adversarial, TheModelDescendsWhileTheDiscriminatorStands) {
  KeyValues values = only_adversarial(GetParam().method);
  values.emplace_back("discriminator_rate", "0");
  const auto made = make(GetParam().method, values);
  const auto before = step(*made);
  for (int i = 0; i < 20; ++i) step(*made);
  EXPECT_LT(step(*made).at(GetParam().term), before.at(GetParam().term) - 0.05);
}

// A flipped sign in either would move both losses the same way.
TEST_P(Adversarial, TheDiscriminatorLearnsWhatTheModelSuffersFrom) {
  KeyValues values = only_adversarial(GetParam().method);
  values.emplace_back("adversarial_weight", "0");
  const auto made = make(GetParam().method, values);
  const auto before = step(*made);
  for (int i = 0; i < 30; ++i) step(*made);
  const auto after = step(*made);
  EXPECT_LT(after.at("discriminator"), before.at("discriminator") - 0.05);
  EXPECT_GT(after.at(GetParam().term), before.at(GetParam().term) + 0.05);
}

INSTANTIATE_TEST_SUITE_P(Methods, Adversarial,
                         testing::Values(Adversaries{"svae", "symmetric"}, Adversaries{"mathieu", "adversarial"}),
                         [](const auto& row) { return row.param.method; });

// Each once with its own s, once with that of the next; the term's noise in z is met by a mean over draws.
TEST(Mathieu, ReferenceImagesAreReconstructedFromAnothersFactorsToo) {
  const auto made = make("mathieu", {{"generator_output", "tanh"}});  // what decode() clamps is not clipped
  double by_hand = 0;
  {
    const at::NoGradGuard no_grad;
    const Tensor images = batch().reference.x;
    const at::Generator generator = generator_of(1);
    for (int draw = 0; draw < 50; ++draw) {
      const Codes codes = made->draw(images, generator);
      for (const int64_t partner : {0, 1})
        by_hand += (images - made->decode({codes[0].roll(partner, 0), codes[1]})).abs().sum().item<double>() / 6 / 50;
    }
  }
  EXPECT_NEAR(step(*made).at("reconstruction_reference") / by_hand, 1, 0.05);
}

// Each image has one KL and two verdicts in its bound (Mathieu et al. 2016, Algorithm 1), beside an error that is a
// mean over each of the two sets.
TEST(Mathieu, EachSetCountsByItsOwnMean) {
  const auto made = make("mathieu");
  const Batch b = batch();
  const auto kl = [&](const Tensor& images) { return made->kl(images).at(1).sum(1).mean().item<double>(); };
  const double both = kl(b.main.x) + kl(b.reference.x);
  const auto terms = step(*made);
  EXPECT_NEAR(terms.at("kl") / both, 1, 1e-4);
  // An adversary that knows nothing says log 2 each time: twice for an image of either set.
  const at::NoGradGuard no_grad;
  for (const auto& [name, weight] : made->players().at(1)->weights()) weight.zero_();
  const at::AutoGradMode with_grad(true);
  EXPECT_NEAR(step(*made).at("adversarial"), 4 * std::log(2.0), 1e-5);
}

TEST(Mathieu, SHasNoPriorToDrawFrom) {
  const auto made = make("mathieu");
  const Codes codes = draw_prior(*made, 3, generator_of(1));
  EXPECT_FALSE(codes.at(0).defined());
  EXPECT_EQ(codes.at(1).sizes(), (std::vector<int64_t>{3, 5}));
  EXPECT_NE(lacks_prior(*made).find("block s"), std::string::npos);
  EXPECT_EQ(lacks_prior(*make("vae")), "");
}

TEST(Likelihood, OptionsThatContradictEachOtherAreRefused) {
  EXPECT_NO_THROW(make("vae", {{"likelihood", "bernoulli"}}));
  EXPECT_THROW(make("vae", {{"likelihood", "bernoulli"}, {"generator_output", "tanh"}}), BadInput);
  EXPECT_THROW(make("vae", {{"likelihood", "bernoulli"}, {"pyramid", "2"}}), BadInput);
}

// With pairs among the references, what their s holds of the single image is of no use to the generator.
TEST(Mathieu, TheSOfReferencesLosesWhatTellsThemApart) {
  const auto spread = [](Method& method) {
    const at::NoGradGuard no_grad;
    const auto deviation = [&](const Tensor& images) {
      return method.encode(images).at(0).std(0, false).mean().item<double>();
    };
    return deviation(batch().reference.x) / deviation(batch().main.x);
  };
  const auto made = make("mathieu", {{"learning_rate", "3e-3"}, {"adversarial_weight", "0"}, {"kl_weight", "0.01"}});
  const double before = spread(*made);
  for (int i = 0; i < 400; ++i) step(*made);
  EXPECT_LT(spread(*made), 0.7 * before);
}

TEST(FactorVae, TheLossIsEquationTwo) {
  const auto method = make("factorvae", {{"gamma", "7"}, {"discriminator_features", "8"}});
  const auto t = step(*method);
  EXPECT_NEAR(t.at("loss"), t.at("reconstruction") + t.at("regularizer") + 7 * t.at("total_correlation"),
              1e-4 * t.at("loss"));
}

// The correlation is that of the codes that the encoder gave, not of those put together from them.
TEST(FactorVae, TheTotalCorrelationMovesTheEncoder) {
  const auto encoder_after = [](const std::string& gamma) {
    const auto method = make("factorvae", {{"gamma", gamma}, {"discriminator_features", "8"}});
    step(*method);
    return method->encode(batch().main.x).at(0);
  };
  EXPECT_TRUE(encoder_after("0").equal(encoder_after("0")));
  EXPECT_FALSE(encoder_after("0").equal(encoder_after("100000")));
}

// Images along one line have codes along one curve, whose dimensions tell each other: the discriminator finds out, and
// with the right sign. The encoder stands still.
TEST(FactorVae, CodesOfOneCurveHaveATotalCorrelation) {
  const auto method = make("factorvae", {{"learning_rate", "0"},
                                         {"discriminator_learning_rate", "0.003"},
                                         {"discriminator_features", "32"},
                                         {"discriminator_layers", "3"}});
  at::manual_seed(14);
  const Tensor black = at::rand({1, 3, 16, 16}) * 2 - 1;
  const Tensor white = at::rand({1, 3, 16, 16}) * 2 - 1;
  const auto between = [&] {
    const Tensor t = at::rand({128, 1, 1, 1}).round();
    return t * black + (1 - t) * white;
  };
  double correlation = 0;
  for (int i = 0; i < 200; ++i) {
    Batch b;
    b.main.x = between();
    b.second.x = between();
    Update update;
    for (const auto& [name, value] : method->step(b, update))
      if (name == "total_correlation") correlation += i < 150 ? 0 : value.item<double>() / 50;
  }
  EXPECT_GT(correlation, 0.02);
}

}  // namespace
}  // namespace refract::baselines_tests
