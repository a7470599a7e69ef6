// What Lr-LiVAE offers beyond the paper, against calculations that do not use it.
#include <ATen/ops/allclose.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/leaky_relu.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/randint.h>
#include <ATen/ops/randn.h>
#include <gtest/gtest.h>

#include <cmath>

#include "refract/nn/label_dependence.h"
#include "tests/methods/labelled.h"

namespace refract::labelled_tests {
namespace {

constexpr int64_t kS = 2, kU = 3;  // dimensions of z_s and z_u in `make`

// Standard deviations within the class of each example; in the mean class where the label is unknown.
Tensor deviations(const Method& method, const std::vector<int64_t>& of_examples) {
  const Tensor variances = method.prior(1).log_variance.exp();
  std::vector<Tensor> rows;
  rows.reserve(of_examples.size());
  for (const int64_t label : of_examples)
    rows.push_back((label < 0 ? variances.mean(0) : variances[label]).sqrt().unsqueeze(0));
  return at::cat(rows);
}

// log p(c | z) by Bayes' rule with equal shares, of one code.
double log_share(const Gaussian& prior, const Tensor& z, int64_t c) {
  double of_all = 0, of_class = 0;
  for (int64_t k = 0; k < kClasses; ++k) {
    double density = 1;
    for (int64_t d = 0; d < kS; ++d) {
      const double variance = std::exp(prior.log_variance[k][d].item<double>());
      const double away = z[d].item<double>() - prior.mean[k][d].item<double>();
      density *= std::exp(-away * away / (2 * variance)) / std::sqrt(variance);
    }
    of_all += density;
    if (k == c) of_class = density;
  }
  return std::log(of_class / of_all);
}

// The classifier reads means less their mean over the batch, in units of their deviations over it.
TEST(LrLivaeBeyondThePaper, TheClassifierOnZuCanReadStandardisedMeans) {
  const auto method = trained({{"code_adversary_reads", "mean"}});
  const Batch b = batch();
  const Values terms = step(*method, b, 0);
  const at::NoGradGuard no_grad;
  const Tensor mean = method->encode(b.main.x)[2];
  const Tensor read = (mean - mean.mean(0)) / (mean.var(0, false) + 1e-6).sqrt();
  const auto state = state_of(*method);
  const auto weight = [&](const char* name) { return state.at(std::string("code_adversary/classifier.") + name); };
  const Tensor hidden = at::leaky_relu(at::linear(read, weight("layer0.weight"), weight("layer0.bias")), 0.2);
  const Tensor q = at::linear(hidden, weight("layer1.weight"), weight("layer1.bias")).softmax(1).to(at::kDouble);
  double label_loss = 0;
  for (int64_t n = 0; n < kExamples; ++n) {
    const int64_t label = labels[static_cast<size_t>(n)];
    if (label >= 0) label_loss -= std::log(q[n][label].item<double>());
  }
  EXPECT_NEAR(terms.at("code_adversary"), label_loss / 5, 1e-3);
}

TEST(LrLivaeBeyondThePaper, ASharedSigmaIsLearnedAndTheSameForAll) {
  const auto method = make("lrlivae", {{"shared_sigma", "true"}, {"learning_rate", "0.01"}});
  const Tensor before = method->log_variances(batch().main.x)[2];
  for (int i = 0; i < 5; ++i) step(*method, batch());
  const Tensor after = method->log_variances(batch().main.x)[2];
  EXPECT_TRUE(after.equal(after[0].expand_as(after)));
  EXPECT_GT((after - before).abs().min().item<double>(), 1e-3);
}

TEST(LrLivaeBeyondThePaper, MoreStepsMoveTheClassifierOnZuAlone) {
  const auto once = make("lrlivae"), often = make("lrlivae", {{"code_adversary_steps", "5"}});
  const double before = step(*once, batch()).at("code_adversary"), after = step(*often, batch()).at("code_adversary");
  EXPECT_LT(after, before) << "it has learned from the same codes since";
  const auto of_one = state_of(*once), of_five = state_of(*often);
  for (const auto& [name, tensor] : of_one)
    EXPECT_EQ(tensor.equal(of_five.at(name)), name.rfind("code_adversary/", 0) != 0) << name;
}

// Half the squared distance, in deviations of the class, averaged over dimensions, and the cross-entropy of the
// classes; from the draws of the step.
TEST(LrLivaeBeyondThePaper, DrawnCodesAndTheirClassesAreRead) {
  const auto method = trained({{"recovery_weight", "1"}});
  const Batch b = batch();
  const Values found = step(*method, b, 0);
  const at::NoGradGuard no_grad;
  at::manual_seed(12);
  at::randn({kExamples, kU});  // z_u of the examples
  const Tensor drawn = at::randint(kClasses, {kExamples, 1}, at::kLong);
  const Tensor noise = at::randn({kExamples, kS}), z_u = at::randn({kExamples, kU});
  const Gaussian prior = method->prior(1);
  const Tensor variances = prior.log_variance.exp();
  const Tensor of_all = (variances + prior.mean.square()).mean(0) - prior.mean.mean(0).square();
  std::vector<Tensor> z_s;
  std::vector<int64_t> classes;
  for (int64_t n = 0; n < kExamples; ++n) {
    const bool has_label = labels[static_cast<size_t>(n)] >= 0;
    const auto c = drawn[n].item<int64_t>();
    classes.push_back(has_label ? c : -1);
    const Tensor mean = has_label ? prior.mean[c] : prior.mean.mean(0);
    z_s.push_back((mean + (has_label ? variances[c] : of_all).sqrt() * noise[n]).unsqueeze(0));
  }
  const Tensor codes = at::cat(z_s);
  const Tensor read = method->encode(method->decode({Tensor(), codes, z_u}))[1];
  const double expected = 0.5 * ((read - codes) / deviations(*method, classes)).square().mean().item<double>();
  EXPECT_NEAR(found.at("recovery"), expected, 1e-4 * expected);
  double cross_entropy = 0;
  int64_t known_ones = 0;
  for (int64_t n = 0; n < kExamples; ++n) {
    if (classes[static_cast<size_t>(n)] < 0) continue;
    cross_entropy -= log_share(prior, read[n], classes[static_cast<size_t>(n)]);
    ++known_ones;
  }
  EXPECT_NEAR(found.at("recognition"), cross_entropy / static_cast<double>(known_ones), 1e-3);
}

TEST(LrLivaeBeyondThePaper, ReadingDrawnExamplesTrainsTheGeneratorAlone) {
  for (const char* term : {"recovery", "recognition"}) {
    KeyValues values = {{"reconstruction_weight", "0"},   {"kl_weight", "0"},      {"likelihood_weight", "0"},
                        {"joint_likelihood_weight", "0"}, {"uniform_weight", "0"}, {"adversarial_weight", "0"}};
    values.emplace_back(std::string(term) + "_weight", "1");
    const auto method = make("lrlivae", values);
    step(*method, batch(), 0);
    EXPECT_GT(size_of(gradient_of(*method, "generator/")), 0) << term;
    EXPECT_EQ(size_of(gradient_of(*method, "encoders/")), 0) << term;
    // It can be learned.
    values.emplace_back("learning_rate", "0.003");
    const auto learner = make("lrlivae", values);
    const double start = step(*learner, batch()).at(term);
    for (int i = 0; i < 30; ++i) step(*learner, batch());
    EXPECT_LT(step(*learner, batch()).at(term), 0.9 * start) << term;
  }
}

// Cross-entropy by Bayes' rule, from the draws of the step; examples without a label draw no class.
TEST(LrLivaeBeyondThePaper, SeparationIsTheCrossEntropyOfDrawnCodes) {
  const auto method = trained({{"separation_weight", "1"}});
  const Gaussian prior = method->prior(1);
  const double found = step(*method, batch(), 0).at("separation");
  const at::NoGradGuard no_grad;
  at::manual_seed(12);
  const Tensor drawn = at::randint(kClasses, {kExamples, 1}, at::kLong);
  const Tensor noise = at::randn({kExamples, kS});
  double expected = 0;
  int64_t known_ones = 0;
  for (int64_t n = 0; n < kExamples; ++n) {
    if (labels[static_cast<size_t>(n)] < 0) continue;
    ++known_ones;
    const auto c = drawn[n].item<int64_t>();
    const Tensor z = prior.mean[c] + (0.5 * prior.log_variance[c]).exp() * noise[n];
    expected -= log_share(prior, z, c);
  }
  EXPECT_NEAR(found, expected / static_cast<double>(known_ones), 1e-4);
}

TEST(LrLivaeBeyondThePaper, SeparationMovesTheClassGaussiansAlone) {
  KeyValues values = {{"reconstruction_weight", "0"},   {"kl_weight", "0"},      {"likelihood_weight", "0"},
                      {"joint_likelihood_weight", "0"}, {"uniform_weight", "0"}, {"adversarial_weight", "0"}};
  const auto without = make("lrlivae", values);
  values.emplace_back("separation_weight", "1");
  const auto method = make("lrlivae", values);
  step(*without, batch(), 0);
  step(*method, batch(), 0);
  for (const char* name : {"classes/gaussians.means", "classes/gaussians.spreads"})
    EXPECT_FALSE(gradient_of(*method, name).equal(gradient_of(*without, name))) << name;
  EXPECT_TRUE(gradient_of(*method, "encoders/").equal(gradient_of(*without, "encoders/")));
  // It can be learned.
  values.emplace_back("learning_rate", "0.01");
  const auto learner = make("lrlivae", values);
  const double start = step(*learner, batch()).at("separation");
  for (int i = 0; i < 60; ++i) step(*learner, batch());
  EXPECT_LT(step(*learner, batch()).at("separation"), 0.7 * start);
}

// KL(q(z_s|x) || N(mu_y, Sigma_y)) takes the place of the likelihood, and z_s is drawn.
TEST(LrLivaeBeyondThePaper, AGaussianZsIsDrawnAndHasADivergence) {
  const auto method = trained({{"relevant_posterior", "gaussian"}, {"adversarial_weight", "0"}});
  const std::vector<int64_t> known_labels = {0, 1, 2, 1, 2, 0};
  const Batch b = batch(known_labels, known_labels);
  const Values terms = step(*method, b, 0);
  const at::NoGradGuard no_grad;
  const Codes means = method->encode(b.main.x), log_variances = method->log_variances(b.main.x);
  const Tensor variance = log_variances[1].exp();
  const Gaussian prior = method->prior(1);
  const Tensor mu = prior.mean.index_select(0, column(known_labels).squeeze(1));
  const Tensor sigma = deviations(*method, known_labels);
  const Tensor kl =
      (sigma / variance.sqrt()).log() + (variance + (means[1] - mu).square()) / (2 * sigma.square()) - 0.5;
  EXPECT_NEAR(terms.at("regularization"), kl.sum().item<double>() / kExamples, 1e-3);

  at::manual_seed(12);
  at::randn({kExamples, kS});  // the draw of the first stage
  const Tensor z_u = means[2] + (0.5 * log_variances[2]).exp() * at::randn({kExamples, kU});
  const Tensor z_s = means[1] + variance.sqrt() * at::randn({kExamples, kS});
  const Tensor made = method->decode({means[0], z_s, z_u});
  EXPECT_NEAR(terms.at("reconstruction"), 0.5 * (b.main.x - made).square().sum().item<double>() / (kExamples * kValues),
              1e-5);
  // What is shown of it: from the prior of the likeliest class.
  const Tensor likeliest = means[0].argmax(1);
  const Tensor of_class = prior.mean.index_select(0, likeliest);
  const Tensor spread = prior.log_variance.index_select(0, likeliest).exp();
  const Tensor shown = 0.5 * ((spread / variance).log() + (variance + (means[1] - of_class).square()) / spread - 1);
  EXPECT_TRUE(at::allclose(method->kl(b.main.x)[1], shown, 1e-3, 1e-4));
  EXPECT_FALSE(make("lrlivae")->kl(b.main.x)[1].defined()) << "of a point it is infinite";
}

// Of the known_examples examples: -log p(y | z) of a draw, or of the mean.
TEST(LrLivaeBeyondThePaper, TheClassificationReadsASampleOrTheMean) {
  for (const bool mean : {false, true}) {
    const auto method =
        trained({{"relevant_posterior", "gaussian"}, {"classification_reads", mean ? "mean" : "sample"}});
    const Batch b = batch();
    const double found = step(*method, b, 0).at("classification");
    const Tensor of_mean = method->encode(b.second.x)[1];
    at::manual_seed(12);
    const Tensor drawn = of_mean + (0.5 * method->log_variances(b.second.x)[1]).exp() * at::randn({kExamples, kS});
    double expected = 0;
    int64_t known_examples = 0;
    for (int64_t n = 0; n < kExamples; ++n) {
      const int64_t label = labels[static_cast<size_t>(n)];
      if (label < 0) continue;
      expected -= log_share(method->prior(1), (mean ? of_mean : drawn)[n], label);
      ++known_examples;
    }
    EXPECT_NEAR(found, expected / static_cast<double>(known_examples), 1e-4) << mean;
  }
}

TEST(LrLivaeBeyondThePaper, TheDependenceOfZuOnTheLabelTrainsItsEncoderAlone) {
  const Tensor classes = at::cat({at::eye(kClasses), at::zeros({1, kClasses})})
                             .index_select(0, at::tensor(std::vector<int64_t>{0, 1, 2, 1, kClasses, 0}));
  const auto plain = make("lrlivae"), measured = make("lrlivae", {{"independence_weight", "3"}});
  const double expected = label_dependence(measured->encode(batch().main.x)[2], classes).item<double>();
  EXPECT_GT(std::abs(expected), 1e-3);
  EXPECT_EQ(step(*plain, batch(), 0).count("dependence"), 0U);
  EXPECT_NEAR(step(*measured, batch(), 0).at("dependence"), expected, 1e-4);
  for (const char* name : {"encoders/encoder_s", "generator/", "classes/", "code_adversary/"})
    EXPECT_TRUE(gradient_of(*measured, name).equal(gradient_of(*plain, name))) << name;
  EXPECT_FALSE(gradient_of(*measured, "encoders/encoder_u").equal(gradient_of(*plain, "encoders/encoder_u")));
}

// Once the running numbers have settled, the codes of a class have the moments of the prior, and so has their mixture.
TEST(LrLivaeBeyondThePaper, ZuNormalisedWithinClassesHasTheMomentsOfThePrior) {
  const auto method = make("lrlivae", {{"class_norm", "true"}, {"shared_sigma", "true"}});
  EXPECT_EQ(method->needs().least_batch, kU + 1);
  at::manual_seed(20);
  for (int i = 0; i < 200; ++i) {
    Batch b = batch();
    b.main.x = at::rand({64, 3, 16, 16}) * at::rand({64, 3, 1, 1}) * 2 - 1;
    b.main.labels = at::randint(kClasses, {64, 1}, at::kLong);
    Update update(0, 0.0, 0);
    (void)method->step(b, update);
  }
  const Tensor others = at::rand({2000, 3, 16, 16}) * at::rand({2000, 3, 1, 1}) * 2 - 1;
  const Tensor mean = method->encode(others)[2], variance = method->log_variances(others)[2].exp();
  EXPECT_LT(mean.mean(0).abs().max().item<double>(), 0.1);
  EXPECT_LT((mean.var(0) + variance[0] - 1).abs().max().item<double>(), 0.2);
}

}  // namespace
}  // namespace refract::labelled_tests
