// The objective of Lr-LiVAE against calculations that do not use it.
#include <ATen/ops/allclose.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/leaky_relu.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/randn.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "tests/methods/labelled.h"

namespace refract::labelled_tests {
namespace {

const std::vector<int64_t> unknown(kExamples, -1);

double normal_log_density(const Tensor& z, const Tensor& mean, const Tensor& variance) {
  double sum = 0;
  for (int64_t d = 0; d < z.size(0); ++d) {
    const double v = variance[d].item<double>(), off = z[d].item<double>() - mean[d].item<double>();
    sum += -0.5 * (off * off / v + std::log(2 * std::numbers::pi * v));
  }
  return sum;
}

struct Known {
  Tensor means, variances;  // of classes
  [[nodiscard]] double log_density(const Tensor& z, int64_t label) const {
    return normal_log_density(z, means[label], variances[label]);
  }
  // Of a point of the mixture: mean and variance from its first two moments (Eq. 11).
  [[nodiscard]] double log_density_of_all(const Tensor& z) const {
    const Tensor mean = means.mean(0), square = (variances + means.square()).mean(0);
    return normal_log_density(z, mean, square - mean.square());
  }
};

Known known_classes(const Method& method) {
  const Gaussian prior = method.prior(1);
  return {prior.mean.to(at::kDouble), prior.log_variance.to(at::kDouble).exp()};
}

TEST(LrLivae, TheGaussianMixtureLossIsThatOfEquations7To9) {
  const auto method = trained();
  const Batch b = batch();
  const at::NoGradGuard no_grad;
  const Tensor z = method->encode(b.second.x)[1];
  const Known classes = known_classes(*method);
  EXPECT_GT((classes.variances - 1).abs().max().item<double>(), 0.05);
  double classification = 0, likelihood = 0, count = 0;
  for (int64_t n = 0; n < kExamples; ++n) {
    const int64_t label = labels[static_cast<size_t>(n)];
    if (label < 0) continue;
    double all = 0;
    for (int64_t k = 0; k < kClasses; ++k) all += std::exp(classes.log_density(z[n], k));
    classification += std::log(all) - classes.log_density(z[n], label);
    likelihood += -classes.log_density(z[n], label);
    ++count;
  }
  const at::AutoGradMode with_gradients(true);
  const Values terms = step(*method, b, 0);
  EXPECT_NEAR(terms.at("classification"), classification / count, 1e-3);
  EXPECT_NEAR(terms.at("likelihood"), likelihood / count, 1e-3);
}

// Line 17 of Algorithm 1, and Eq. 11 for the example without a label.
TEST(LrLivae, AnExampleWithoutALabelFollowsTheTotalGaussian) {
  const auto method = trained();
  const Batch b = batch();
  const Tensor z = method->encode(b.main.x)[1].detach();
  const Known classes = known_classes(*method);
  double sum = 0;
  for (int64_t n = 0; n < kExamples; ++n) {
    const int64_t label = labels[static_cast<size_t>(n)];
    sum += label < 0 ? classes.log_density_of_all(z[n]) : classes.log_density(z[n], label);
  }
  EXPECT_NEAR(step(*method, b, 0).at("regularization"), -sum / kExamples, 1e-3);
}

TEST(LrLivae, ReconstructionAndDivergenceAreThoseOfItsCodes) {
  const auto method = trained({{"adversarial_weight", "0"}});
  const Batch b = batch();
  const Values terms = step(*method, b, 0);
  const at::NoGradGuard no_grad;
  const Codes means = method->encode(b.main.x);
  const Tensor log_variance = method->log_variances(b.main.x)[2];
  at::manual_seed(12);
  const Tensor z_u = means[2] + (0.5 * log_variance).exp() * at::randn({kExamples, 3});
  const Tensor made = method->decode({means[0], means[1], z_u});
  EXPECT_NEAR(terms.at("reconstruction"), 0.5 * (b.main.x - made).square().sum().item<double>() / (kExamples * kValues),
              1e-5);
  const Tensor kl = 0.5 * (means[2].square() + log_variance.exp() - 1 - log_variance);
  EXPECT_NEAR(terms.at("kl"), kl.sum().item<double>() / kExamples, 1e-4);
  const double loss =
      10 * terms.at("reconstruction") + 0.1 * terms.at("regularization") + terms.at("kl") / 3 + terms.at("uniform");
  EXPECT_NEAR(terms.at("loss"), loss, 1e-4) << "the weights of Sec. 4.2";
}

// Eqs. 4 and 5, from the classifier's own weights.
TEST(LrLivae, TheClassifierOnZuAndItsOpponentAreThoseOfEquations4And5) {
  for (const char* reads : {"sample", "posterior"}) {
    const auto method = trained({{"code_adversary_reads", reads}});
    const Batch b = batch();
    const Values terms = step(*method, b, 0);
    const at::NoGradGuard no_grad;
    const Tensor mean = method->encode(b.main.x)[2], log_variance = method->log_variances(b.main.x)[2];
    at::manual_seed(12);
    const Tensor sample = mean + (0.5 * log_variance).exp() * at::randn({kExamples, 3});
    const auto state = state_of(*method);
    const auto weight = [&](const char* name) { return state.at(std::string("code_adversary/classifier.") + name); };
    const Tensor read = std::string(reads) == "sample" ? sample : at::cat({mean, log_variance}, 1);
    const Tensor hidden = at::leaky_relu(at::linear(read, weight("layer0.weight"), weight("layer0.bias")), 0.2);
    const Tensor q = at::linear(hidden, weight("layer1.weight"), weight("layer1.bias")).softmax(1).to(at::kDouble);
    double label_loss = 0, uniform = 0;
    for (int64_t n = 0; n < kExamples; ++n) {
      const int64_t label = labels[static_cast<size_t>(n)];
      if (label < 0) continue;
      label_loss -= std::log(q[n][label].item<double>());
      for (int64_t k = 0; k < kClasses; ++k) uniform -= std::log(q[n][k].item<double>()) / kClasses;
    }
    EXPECT_NEAR(terms.at("code_adversary"), label_loss / 5, 1e-4) << reads;
    EXPECT_NEAR(terms.at("uniform"), uniform / 5, 1e-4) << reads;
  }
}

// q(c | x) by Bayes from the class Gaussians.
TEST(LrLivae, TheClassOfAnImageIsThatOfItsZs) {
  const auto method = trained();
  const at::NoGradGuard no_grad;
  const Codes codes = method->encode(batch().main.x);
  const Known classes = known_classes(*method);
  for (int64_t n = 0; n < kExamples; ++n) {
    std::vector<double> densities;
    double all = 0;
    for (int64_t k = 0; k < kClasses; ++k) all += densities.emplace_back(std::exp(classes.log_density(codes[1][n], k)));
    for (int64_t k = 0; k < kClasses; ++k)
      EXPECT_NEAR(codes[0][n][k].item<double>(), densities[static_cast<size_t>(k)] / all, 1e-4);
  }
  EXPECT_TRUE(method->prior(1).mean.size(0) == kClasses && method->blocks()[1].given == size_t{0});
}

constexpr const char* kEncoderU = "encoders/encoder_u";
constexpr const char* kEncoderS = "encoders/encoder_s";

// The gradients of a step with these weights of the terms.
std::unique_ptr<Method> with_weights(const std::string& reconstruction, const std::string& kl,
                                     const std::string& likelihood, const std::string& uniform,
                                     const std::string& adversarial, const std::vector<int64_t>& of_examples = labels) {
  auto method = make("lrlivae", {{"reconstruction_weight", reconstruction},
                                 {"kl_weight", kl},
                                 {"likelihood_weight", likelihood},
                                 {"joint_likelihood_weight", likelihood},
                                 {"uniform_weight", uniform},
                                 {"adversarial_weight", adversarial}});
  step(*method, batch(of_examples, of_examples), 0);
  return method;
}

// Lines 24 and 25 of Algorithm 1: what moves Encoder_s does not move Encoder_u, and the discriminator moves neither.
TEST(LrLivae, EachLossReachesItsOwnPlayers) {
  const auto likelihood = with_weights("0", "0", "1", "0", "1");
  EXPECT_GT(size_of(gradient_of(*likelihood, kEncoderS)), 0);
  EXPECT_EQ(size_of(gradient_of(*likelihood, kEncoderU)), 0);
  EXPECT_GT(size_of(gradient_of(*likelihood, "generator/generator")), 0) << "from the discriminator alone";
  for (const auto& [kl, uniform] : {std::pair{"1", "0"}, std::pair{"0", "1"}}) {
    const auto method = with_weights("0", kl, "0", uniform, "1");
    EXPECT_GT(size_of(gradient_of(*method, kEncoderU)), 0);
    EXPECT_EQ(size_of(gradient_of(*method, kEncoderS)), 0);
  }
  const auto reconstruction = with_weights("1", "0", "0", "0", "1");
  EXPECT_GT(size_of(gradient_of(*reconstruction, kEncoderU)), 0);
  EXPECT_GT(size_of(gradient_of(*reconstruction, kEncoderS)), 0);
  EXPECT_GT(size_of(gradient_of(*reconstruction, "supervised/")), 0) << "the first stage";
  EXPECT_GT(size_of(gradient_of(*reconstruction, "classes/")), 0);
}

// Gradients add up: the encoders have none of the adversarial loss, the generator has both of its losses.
TEST(LrLivae, GradientsAreTheSumsOfTheirTerms) {
  const auto all = with_weights("1", "1", "1", "1", "1"), more = with_weights("1", "1", "1", "1", "5");
  const auto same = [](const Tensor& a, const Tensor& b) { return at::allclose(a, b, 1e-3, 1e-6); };
  for (const char* encoder : {kEncoderU, kEncoderS})
    EXPECT_TRUE(same(gradient_of(*all, encoder), gradient_of(*more, encoder))) << encoder;
  const Tensor of_u = gradient_of(*with_weights("1", "0", "0", "0", "1"), kEncoderU) +
                      gradient_of(*with_weights("0", "1", "0", "0", "1"), kEncoderU) +
                      gradient_of(*with_weights("0", "0", "0", "1", "1"), kEncoderU);
  EXPECT_TRUE(same(gradient_of(*all, kEncoderU), of_u));
  const char* generator = "generator/generator";
  const Tensor adversarial = gradient_of(*with_weights("0", "1", "1", "1", "1"), generator);
  EXPECT_TRUE(same(gradient_of(*more, generator), gradient_of(*all, generator) + 4 * adversarial));
  // Without a discriminator one player has encoders and generator, and the same gradients.
  const auto without = with_weights("1", "1", "1", "1", "0");
  EXPECT_TRUE(same(gradient_of(*without, kEncoderU), gradient_of(*all, kEncoderU)));
  EXPECT_TRUE(same(gradient_of(*without, "encoders/generator"), gradient_of(*all, generator) - adversarial));
}

// Sec. 3.6: L_GM and both losses of the classifier on z_u are ignored, the rest is not.
TEST(LrLivae, WithoutLabelsWhatNeedsThemIsLeftOut) {
  const auto method = with_weights("0", "0", "1", "1", "1", unknown);
  for (const char* none : {"supervised/", "classes/", "code_adversary/", kEncoderU})
    EXPECT_EQ(size_of(gradient_of(*method, none)), 0) << none;
  EXPECT_GT(size_of(gradient_of(*method, kEncoderS)), 0) << "Eq. 11";
  EXPECT_GT(size_of(gradient_of(*method, "discriminator/verdict.conv0")), 0);
  EXPECT_EQ(size_of(gradient_of(*method, "discriminator/verdict.labels")), 0) << "told nothing of them";
}

}  // namespace
}  // namespace refract::labelled_tests
