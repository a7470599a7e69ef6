// cVAE, cVAE-GAN and cGAN: the bound, the labels that are inferred, and what is refused.
#include <ATen/ops/allclose.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/stack.h>
#include <gtest/gtest.h>

#include <cmath>
#include <utility>

#include "refract/core/errors.h"
#include "tests/methods/labelled.h"
#include "tests/support/surroundings.h"

namespace refract::labelled_tests {
namespace {

const std::vector<int64_t> known = {0, 1, 2, 1, 2, 0};

class ConditionalVaeTest : public testing::TestWithParam<std::string> {};

TEST_P(ConditionalVaeTest, TheBoundIsThatOfItsCodes) {
  const auto method = make(GetParam());
  const Batch b = batch(known);
  const Values terms = step(*method, b, 0);
  const at::NoGradGuard no_grad;
  const Tensor one_hot = at::eye(kClasses).index_select(0, b.main.labels.squeeze(1));
  const Tensor mean = method->encode(b.main)[1], log_variance = method->log_variances(b.main)[1];
  EXPECT_TRUE(at::equal(method->encode(b.main)[0], one_hot));
  at::manual_seed(12);
  const Tensor z = mean + (0.5 * log_variance).exp() * at::randn({kExamples, 3});
  const Tensor error = 0.5 * (b.main.x - method->decode({one_hot, z})).square();
  EXPECT_NEAR(terms.at("reconstruction"), error.sum().item<double>() / (kExamples * kValues), 1e-5);
  const Tensor kl = 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance);
  EXPECT_NEAR(terms.at("kl"), kl.sum().item<double>() / kExamples, 1e-4);
  EXPECT_NEAR(terms.at("loss"), 10 * terms.at("reconstruction") + terms.at("kl") / 3, 1e-4);
}

// The bound of each class, whose label is given in turn, in the weights of training: by default 10 for the mean over
// values and 1 for the KL divergence averaged over dimensions.
TEST_P(ConditionalVaeTest, LabelsAreInferredByTheBoundOfTraining) {
  const KeyValues summed = {{"reduction", "sum"}, {"reconstruction_weight", "0.1"}, {"kl_weight", "6"}};
  for (const auto& [values, weight] : {std::pair{KeyValues{}, 10 * 3.0 / kValues}, std::pair{summed, 0.1 * 3 / 6}}) {
    const auto method = make(GetParam(), values);
    for (int i = 0; i < 5; ++i) step(*method, batch(known), 10);
    const at::NoGradGuard no_grad;
    const Tensor x = batch(known).main.x;
    std::vector<Tensor> bounds;
    for (int64_t c = 0; c < kClasses; ++c) {
      const Examples given(x, column(std::vector<int64_t>(kExamples, c)));
      const Tensor error = 0.5 * (x - method->decode(method->encode(given))).square();
      bounds.push_back(-weight * error.sum({1, 2, 3}) - method->kl(given)[1].sum(1));
    }
    const Tensor all = at::stack(bounds, 1).to(at::kDouble);
    EXPECT_TRUE(at::allclose(method->encode(x)[0].to(at::kDouble), all.softmax(1), 1e-2, 1e-3)) << weight;
  }
}

TEST_P(ConditionalVaeTest, ALabelThatIsNotGivenIsTheLikeliest) {
  const auto method = make(GetParam());
  for (int i = 0; i < 5; ++i) step(*method, batch(known), 10);
  const at::NoGradGuard no_grad;
  const Batch b = batch(known);
  const Tensor inferred = method->encode(b.main.x)[0];
  // z is that of the likeliest class.
  const Examples likeliest(b.main.x, inferred.argmax(1, true));
  EXPECT_TRUE(at::allclose(method->encode(b.main.x)[1], method->encode(likeliest)[1], 1e-4, 1e-5));
  // Labels that are known stay, others are inferred.
  const Tensor some = method->encode({b.main.x, column({2, -1, 2, -1, 2, 2})})[0];
  for (const int64_t n : {1, 3}) EXPECT_TRUE(at::allclose(some[n], inferred[n], 1e-4, 1e-5)) << n;
  for (const int64_t n : {0, 2, 4, 5}) EXPECT_EQ(some[n][2].item<double>(), 1) << n;
}

INSTANTIATE_TEST_SUITE_P(All, ConditionalVaeTest, testing::Values("cvae", "cvaegan"),
                         [](const auto& name) { return name.param; });

// Bao et al. 2017: the discriminator moves the generator, not the encoder.
TEST(ConditionalVaeGan, TheEncoderLearnsFromTheBoundAlone) {
  const auto weighted = [](const char* weight) {
    auto method = make("cvaegan", {{"adversarial_weight", weight}});
    step(*method, batch(known), 0);
    return method;
  };
  const auto one = weighted("1"), five = weighted("5"), none = weighted("0"), plain = make("cvae");
  step(*plain, batch(known), 0);
  const Tensor of_encoder = gradient_of(*one, "model/encoder");
  EXPECT_TRUE(at::allclose(gradient_of(*five, "model/encoder"), of_encoder, 1e-3, 1e-6));
  EXPECT_TRUE(at::allclose(gradient_of(*plain, "model/encoder"), of_encoder, 1e-3, 1e-6));
  EXPECT_FALSE(
      at::allclose(gradient_of(*five, "generator/generator"), gradient_of(*one, "generator/generator"), 1e-3, 1e-6));
  EXPECT_TRUE(at::allclose(gradient_of(*none, "model/generator"), gradient_of(*plain, "model/generator"), 1e-3, 1e-6));
}

TEST(ConditionalGan, HasNoEncoderAndSaysSo) {
  const auto method = make("cgan");
  EXPECT_FALSE(method->encodes());
  EXPECT_TRUE(method->generates());
  const std::string message =
      testing_support::message_of<BadInput>([&] { static_cast<void>(method->encode(batch().main)); });
  EXPECT_EQ(message, lacks_encoder(*method));
  EXPECT_NE(message.find("c (class), z (class-independent)"), std::string::npos) << message;
}

// Both labels and z decide on what is made, and both players learn from it.
TEST(ConditionalGan, MakesWhatLabelAndCodeSay) {
  const auto method = make("cgan");
  const Values terms = step(*method, batch(known));
  EXPECT_GT(gradient_of(*method, "model/generator").abs().max().item<double>(), 0);
  EXPECT_GT(gradient_of(*method, "discriminator/verdict").abs().max().item<double>(), 0);
  EXPECT_TRUE(std::isfinite(terms.at("adversarial")) && std::isfinite(terms.at("discriminator")));
  const at::NoGradGuard no_grad;
  at::manual_seed(5);
  const Tensor z = at::randn({1, 3}), classes = at::eye(kClasses);
  const Tensor of_classes = method->decode({classes, z.expand({kClasses, -1})});
  EXPECT_GT((of_classes[0] - of_classes[1]).abs().max().item<double>(), 1e-4);
  EXPECT_GT((of_classes[0] - method->decode({classes.slice(0, 0, 1), -z})[0]).abs().max().item<double>(), 1e-4);
}

}  // namespace
}  // namespace refract::labelled_tests
