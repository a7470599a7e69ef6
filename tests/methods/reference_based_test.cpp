// Objectives of Rb-VAE and sRb-VAE against calculations that do not use them.
#include <ATen/ops/full_like.h>
#include <ATen/ops/rand.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "refract/methods/common.h"
#include "refract/methods/registry.h"

namespace refract::reference_based_tests {
namespace {

struct Made {
  MethodRecipe recipe;
  std::unique_ptr<Method> method;
};

Made make(const std::string& name, const KeyValues& values) {
  Made made{method(name).recipe(), nullptr};
  for (const auto& [key, value] : KeyValues{{"widths", "4,6"}, {"latent_e", "3"}, {"latent_z", "5"}})
    made.recipe.options.set(key, value);
  for (const auto& [key, value] : values) made.recipe.options.set(key, value);
  at::manual_seed(10);
  made.method = made.recipe.make(Space::square(3, 16));
  return made;
}

Batch batch() {
  at::manual_seed(11);
  Batch b;
  b.main.x = at::rand({6, 3, 16, 16}) * 2 - 1;
  b.reference.x = at::rand({6, 3, 16, 16}) * 2 - 1;
  return b;
}

std::map<std::string, double> step(Method& method) {
  at::manual_seed(12);  // the same noise each time
  Update update;
  std::map<std::string, double> values;
  for (const auto& [name, value] : method.step(batch(), update)) values[name] = value.item<double>();
  return values;
}

// With KL weights of zero nothing but the L1 error is minimised, and it is the mean over images of the sum over pixels.
TEST(RbVae, ReductionsAreRelatedByTheNumberOfValues) {
  const auto sum = step(*make("rbvae", {{"reduction", "sum"}, {"laplace_scale", "2"}}).method);
  const auto mean = step(*make("rbvae", {{"reduction", "mean"}, {"laplace_scale", "0.01"}}).method);
  EXPECT_NEAR(sum.at("reconstruction") * 2 / (3 * 16 * 16), mean.at("reconstruction") * 0.01, 1e-5);
  EXPECT_NEAR(sum.at("kl_e"), mean.at("kl_e"), 1e-6);
}

// The pyramid's error by hand: means over the blocks of 2 x 2 and 4 x 4 pixels, weighted by their area.
TEST(RbVae, PyramidAveragesTheErrorsOfHalvings) {
  LikelihoodOptions options{.laplace_scale = 0.5, .pyramid = 2};
  at::manual_seed(4);
  const Tensor x = at::rand({2, 1, 4, 4});
  const Tensor mean = at::rand({2, 1, 4, 4});
  double expected = 0;
  for (const int64_t side : {1, 2, 4})
    for (int64_t n = 0; n < 2; ++n)
      for (int64_t row = 0; row < 4; row += side)
        for (int64_t column = 0; column < 4; column += side) {
          const auto block = [&](const Tensor& t) {
            return t[n][0].slice(0, row, row + side).slice(1, column, column + side).sum().item<double>();
          };
          expected += std::abs(block(x) - block(mean)) / 3 / 0.5 / 2;
        }
  const auto error = [&](const Tensor& guess) {
    return Likelihood(options, Space::square(1, 4)).negative_log_likelihood(x, guess).item<double>();
  };
  EXPECT_NEAR(error(mean), expected, 1e-4);
  const Tensor black = at::full_like(x, -1);
  options.pyramid = 0;
  const double full = error(black);
  options.pyramid = 5;
  EXPECT_NEAR(error(black), full, 1e-4) << "black errs alike at all levels";
}

// Codes are noisy copies of the posterior means at the start (log-variance near -2), so decoding the means comes near.
TEST(RbVae, ReconstructionTermIsTheErrorOfTheDecodedImage) {
  const Made made = make("rbvae", {});
  const Batch b = batch();
  const at::NoGradGuard no_grad;
  const Tensor decoded = made.method->decode(made.method->encode(b.main.x));
  const double by_hand = (b.main.x - decoded).abs().sum().item<double>() / 6;
  at::AutoGradMode grad(true);
  EXPECT_NEAR(step(*made.method).at("reconstruction") / by_hand, 1, 0.25);
}

TEST(RbVae, ReferenceCodeIsALearnedParameterOfTheModel) {
  const Made made = make("rbvae", {});
  const Tensor before = made.method->reference_code().clone();
  bool found = false;
  for (const auto& [name, tensor] : made.method->players()[0]->weights()) found = found || name == "model/e_reference";
  EXPECT_TRUE(found);
  step(*made.method);
  EXPECT_FALSE(made.method->reference_code().equal(before));
}

// Only reference images reach e^r: with no error on anything else its gradient must come from G(z, e^r).
TEST(RbVae, UnlabelledImagesDoNotMoveTheReferenceCode) {
  const Made made = make("rbvae", {});
  Batch b = batch();
  const Tensor before = made.method->reference_code().clone();
  b.reference.x = b.reference.x.slice(0, 0, 0);
  const Tensor weights = made.method->players()[0]->weights().front().second.clone();
  Update update;
  made.method->step(b, update);
  EXPECT_TRUE(made.method->reference_code().equal(before));
  EXPECT_FALSE(made.method->players()[0]->weights().front().second.equal(weights));
}

// Size of the gradient in encoder_z (Adam's first moment after one step), with next to nothing in the loss but what
// `values` switches on.
double pull_on_encoder_z(const KeyValues& values, double progress) {
  KeyValues all = {{"laplace_scale", "1e6"},
                   {"kl_weight_e", "0"},
                   {"kl_weight_z", "0"},
                   {"kl_weight_z_start", "0"},
                   {"kl_weight_z_reference", "0"}};
  all.insert(all.end(), values.begin(), values.end());
  const Made made = make("rbvae", all);
  at::manual_seed(12);
  Update update(1.0, progress);
  made.method->step(batch(), update);
  double squares = 0;
  for (const auto& [name, moment] : made.method->players()[0]->moments())
    if (name.find("encoder_z") != std::string::npos && name.ends_with(":m"))
      squares += moment.square().sum().item<double>();
  return std::sqrt(squares);
}

TEST(RbVae, KlWeightOfUnlabelledImagesChangesOnTheWay) {
  const auto pull = [](double progress) {
    return pull_on_encoder_z({{"kl_weight_z_start", "2"}, {"kl_weight_z", "6"}}, progress);
  };
  const double one = pull_on_encoder_z({{"kl_weight_z_start", "1"}}, 0);
  EXPECT_GT(one, 1e-3);
  EXPECT_NEAR(pull(0) / one, 2, 1e-3);
  EXPECT_NEAR(pull(0.1) / one, 2, 1e-3);
  EXPECT_NEAR(pull(0.3) / one, 4, 1e-3);
  EXPECT_NEAR(pull(0.5) / one, 6, 1e-3);
  EXPECT_NEAR(pull(0.99) / one, 6, 1e-3);
}

TEST(RbVae, ReferencesHaveAKlWeightOfTheirOwn) {
  const double one = pull_on_encoder_z({{"kl_weight_z_reference", "1"}}, 0.9);
  EXPECT_GT(one, 1e-3);
  EXPECT_NEAR(pull_on_encoder_z({{"kl_weight_z_reference", "3"}}, 0) / one, 3, 1e-3);
}

KeyValues only_adversarial() {
  return {{"laplace_scale", "1e6"}, {"kl_weight_e", "0"},       {"kl_weight_z", "0"},
          {"latent_weight_e", "0"}, {"kl_weight_z_start", "0"}, {"kl_weight_z_reference", "0"},
          {"latent_weight_z", "0"}, {"learning_rate", "3e-4"},  {"discriminator_dropout", "0"}};
}

// With the discriminators held still, the model lowers E_q[d] - E_p[d] (Eq. 6).
TEST(SrbVae, ModelDescendsTheSymmetricDivergence) {
  KeyValues values = only_adversarial();
  values.emplace_back("discriminator_rate", "0");
  const Made made = make("srbvae", values);
  const double before = step(*made.method).at("symmetric");
  for (int i = 0; i < 20; ++i) step(*made.method);
  EXPECT_LT(step(*made.method).at("symmetric"), before - 0.1);
}

// With the model held still, the discriminators learn to tell encoded from generated pairs, and d grows towards log
// q/p: the model's loss goes up while theirs goes down. A flipped sign in either would move both the same way.
TEST(SrbVae, DiscriminatorsLearnTheRatioThatTheModelMinimises) {
  KeyValues values = only_adversarial();
  values.emplace_back("adversarial_weight", "0");
  values.emplace_back("discriminator_rate", "3");
  const Made made = make("srbvae", values);
  const auto before = step(*made.method);
  for (int i = 0; i < 30; ++i) step(*made.method);
  const auto after = step(*made.method);
  EXPECT_LT(after.at("discriminator"), before.at("discriminator") - 0.05);
  EXPECT_LT(after.at("discriminator_reference"), before.at("discriminator_reference") - 0.05);
  EXPECT_GT(after.at("symmetric"), before.at("symmetric") + 0.1);
}

// -log q(code | generated image) is a negative Gaussian log-likelihood: descending it alone lowers it.
TEST(SrbVae, LatentTermsAreLearnedWhenTheyAreAllThereIs) {
  KeyValues values = only_adversarial();
  for (const char* key : {"latent_weight_e", "latent_weight_z"}) values.emplace_back(key, "1");
  values.emplace_back("adversarial_weight", "0");
  const Made made = make("srbvae", values);
  const auto before = step(*made.method);
  for (int i = 0; i < 30; ++i) step(*made.method);
  const auto after = step(*made.method);
  EXPECT_LT(after.at("latent_e"), before.at("latent_e"));
  EXPECT_LT(after.at("latent_z"), before.at("latent_z"));
}

// Each player's loss reaches that player only: a rate of zero leaves the discriminators where they were, bit for bit.
TEST(SrbVae, TheModelsLossDoesNotMoveTheDiscriminators) {
  const Made made = make("srbvae", {{"discriminator_rate", "0"}});
  NamedTensors before = made.method->players()[1]->weights();
  for (auto& [name, tensor] : before) tensor = tensor.clone();
  step(*made.method);
  const NamedTensors after = made.method->players()[1]->weights();
  for (size_t i = 0; i < before.size(); ++i) EXPECT_TRUE(before[i].second.equal(after[i].second)) << before[i].first;
}

}  // namespace
}  // namespace refract::reference_based_tests
