// The discriminator of examples and its two players, and the options beyond the paper.
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/ops/allclose.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include <algorithm>
#include <cmath>

#include "refract/core/errors.h"
#include "refract/methods/labelled_networks.h"
#include "tests/methods/labelled.h"

namespace refract::labelled_tests {
namespace {

const Space picture = Space::picture(3, 16, 8);

LabelledOptions small_options() {
  LabelledOptions options;
  options.network.widths = {4, 6};
  return options;
}

// A discriminator with the weights of the adversary's, for passes of its own.
std::unique_ptr<ProjectionDiscriminator> twin_of(PixelAdversary& adversary) {
  auto twin = std::make_unique<ProjectionDiscriminator>(picture, small_options().network.architecture(),
                                                        ProjectionDiscriminator::Shape{.classes = 2});
  const at::NoGradGuard no_grad;
  std::map<std::string, Tensor> own;
  for (const auto& item : twin->named_parameters()) own["discriminator/verdict." + item.key()] = item.value();
  for (const auto& item : twin->named_buffers()) own["discriminator/verdict." + item.key()] = item.value();
  for (const auto& [name, tensor] : adversary.player().weights()) own.at(name).copy_(tensor);
  return twin;
}

struct TwoKinds {
  Tensor real, one, other;
  Tensor seen, seen_of_other;  // labels of the first two, and of the third
};

TwoKinds two_kinds() {
  at::manual_seed(7);
  const auto random = [] { return at::randn(picture.batch(4)); };
  return {random(), random().requires_grad_(), random().requires_grad_(),
          at::tensor(std::vector<float>{1, 0, 0, 1, 0, 0, 1, 0}).view({4, 2}),
          at::tensor(std::vector<float>{0, 1, 0, 1, 1, 0, 0, 0}).view({4, 2})};
}

double summed(const Tensor& verdicts, double (*loss)(double)) {
  double sum = 0;
  for (int64_t n = 0; n < verdicts.size(0); ++n) sum += loss(verdicts[n].item<double>());
  return sum / static_cast<double>(verdicts.size(0));
}

class PixelAdversaryTest : public testing::TestWithParam<std::string> {};

// Algorithm 1, lines 21 and 22: -log D(x), -log(1 - D(x')), and for the generator -log D(x'), with D the logistic
// function of the verdict; or hinges (Miyato et al. 2018, Eqs. 16 and 17).
TEST_P(PixelAdversaryTest, LossesAndGradientsAreThoseOfSeparatePasses) {
  const bool hinge = GetParam() == "hinge";
  at::manual_seed(6);
  PixelAdversaryOptions options;
  options.loss = GetParam();
  PixelAdversary adversary(small_options(), options, picture, 2);
  const TwoKinds x = two_kinds();
  const auto twin = twin_of(adversary);
  const PixelAdversary::Losses losses =
      adversary.judge({x.real, x.seen}, {{x.one, x.seen}, {x.other, x.seen_of_other}});

  const Tensor d = twin->forward(at::cat({x.real, x.one, x.other}), at::cat({x.seen, x.seen, x.seen_of_other}));
  const Tensor real = d.slice(0, 0, 4), one = d.slice(0, 4, 8), other = d.slice(0, 8, 12);
  const auto for_real = hinge ? [](double v) { return std::max(0.0, 1 - v); }
                              : [](double v) { return -std::log(1 / (1 + std::exp(-v))); };
  const auto for_made = hinge ? [](double v) { return std::max(0.0, 1 + v); }
                              : [](double v) { return -std::log(1 - 1 / (1 + std::exp(-v))); };
  const auto for_generator = hinge ? [](double v) { return -v; } : for_real;
  EXPECT_NEAR(losses.discriminator.item<double>(),
              summed(real, for_real) + summed(one, for_made) + summed(other, for_made), 1e-5);
  EXPECT_NEAR(losses.generator.item<double>(), summed(one, for_generator) + summed(other, for_generator), 1e-5);

  const Tensor generator =
      hinge ? -one.mean() - other.mean() : -one.sigmoid().log().mean() - other.sigmoid().log().mean();
  const Tensor discriminator =
      hinge ? (1 - real).relu().mean() + (1 + one).relu().mean() + (1 + other).relu().mean()
            : -real.sigmoid().log().mean() - (1 - one.sigmoid()).log().mean() - (1 - other.sigmoid()).log().mean();
  const auto gradients = [](const Tensor& loss, const std::vector<Tensor>& inputs) {
    return torch::autograd::grad({loss}, inputs, {}, true, false, true);
  };
  const auto found = gradients(losses.generator, {x.one, x.other}), expected = gradients(generator, {x.one, x.other});
  for (size_t i = 0; i < found.size(); ++i) EXPECT_TRUE(at::allclose(found[i], expected[i], 1e-3, 1e-6)) << i;
  std::vector<Tensor> weights;
  for (const auto& [name, weight] : adversary.player().parameters()) weights.push_back(weight);
  const auto of_weights = gradients(losses.discriminator, weights);
  const auto of_twin = gradients(discriminator, twin->parameters());
  ASSERT_EQ(of_weights.size(), of_twin.size());
  for (size_t i = 0; i < of_weights.size(); ++i)
    EXPECT_TRUE(at::allclose(of_weights[i], of_twin[i], 1e-3, 1e-6)) << adversary.player().parameters()[i].first;
  for (const Tensor& none : gradients(losses.discriminator, {x.one})) EXPECT_FALSE(none.defined());
  for (const Tensor& none : gradients(losses.generator, weights)) EXPECT_FALSE(none.defined());
}

// Whatever the labels of the examples are; no class where the label is not known.
TEST(DrawnLabels, AreUniform) {
  at::manual_seed(4);
  constexpr int64_t count = 6000;
  Tensor seen = at::zeros({count, 3});
  seen.slice(0, 0, 4500).select(1, 0).fill_(1);
  const Tensor drawn = drawn_labels(seen);
  EXPECT_EQ(drawn.scalar_type(), at::kFloat);
  EXPECT_TRUE(drawn.sum(1).equal(seen.sum(1)));
  const Tensor share = drawn.sum(0) / 4500;
  for (int64_t c = 0; c < 3; ++c) EXPECT_NEAR(share[c].item<double>(), 1.0 / 3, 0.03) << c;
  EXPECT_FALSE(drawn.equal(drawn_labels(seen)));
}

INSTANTIATE_TEST_SUITE_P(All, PixelAdversaryTest, testing::Values("log", "hinge"),
                         [](const auto& loss) { return loss.param; });

TEST(LabelledOptionsTest, TheLabelIsTheFirstOfItsColumns) {
  LabelledOptions options;
  options.labels.classes = {4, 7, 2};
  options.labels.label_columns = {1, 0};
  const LabelSet label = label_of(options);
  EXPECT_EQ(label.columns, std::vector<int64_t>{1});
  EXPECT_EQ(label.values(), 7);
  options.labels.label_columns = {3};
  EXPECT_THROW(label_of(options), BadInput);
}

TEST(LrLivaeOptionsTest, TheFirstStageTakesAsManyBatchesAsAsked) {
  const auto method = make("lrlivae", {{"n_gm", "3"}});
  EXPECT_EQ(method->needs().second.batches, 3);
  Batch b = batch();
  b.second = {b.second.x.repeat({3, 1, 1, 1}), b.second.labels.repeat({3, 1})};
  step(*method, b);
  auto state = state_of(*method);
  EXPECT_EQ(state.at("supervised/:t").item<int64_t>(), 3);
  EXPECT_EQ(state.at("classes/:t").item<int64_t>(), 3);
  EXPECT_EQ(state.at("encoders/:t").item<int64_t>(), 1);
}

// Adam's steps are of one length: at a quarter of the rate, log-variances move a quarter as far.
TEST(LrLivaeOptionsTest, SigmaLearnsSlower) {
  const auto moved = [](const char* rate) {
    const auto method = make("lrlivae", {{"sigma_rate", rate}});
    const Tensor before = method->prior(1).log_variance.detach().clone();
    step(*method, batch());
    return (method->prior(1).log_variance.detach() - before).abs().max().item<double>();
  };
  EXPECT_NEAR(moved("0.25"), moved("1") / 4, 1e-6);
}

TEST(LrLivaeOptionsTest, TheClassifierOnZuStartsAnewWhenItsTimeHasCome) {
  const auto method = make("lrlivae", {{"probe_restart", "3"}});
  const std::vector<int64_t> phases = {method->phase(0), method->phase(1), method->phase(3), method->phase(4),
                                       method->phase(6)};
  EXPECT_EQ(phases, (std::vector<int64_t>{0, 0, 1, 0, 1}));
  step(*method, batch());
  step(*method, batch());
  const auto before = state_of(*method);
  step(*method, batch(), 0, method->phase(3));
  const auto after = state_of(*method);
  EXPECT_EQ(before.at("code_adversary/:t").item<int64_t>(), 2);
  EXPECT_EQ(after.at("code_adversary/:t").item<int64_t>(), 1);
  for (const auto& [name, tensor] : before) {
    const bool weight = name.find(':') == std::string::npos && name.find("direction") == std::string::npos;
    if (!weight) continue;
    EXPECT_EQ(at::equal(tensor, after.at(name)), name.rfind("code_adversary", 0) != 0) << name;
  }
  EXPECT_EQ(make("lrlivae")->phase(3), 0);
}

// What is shown is made by the average; what trains is not.
TEST(LabelledGeneratorTest, DecodesByTheMovingAverage) {
  for (const char* name : {"lrlivae", "cvae", "cvaegan", "cgan"}) {
    const auto plain = make(name), averaged = make(name, {{"generator_average", "0.999999"}});
    at::manual_seed(3);
    const Codes codes = draw_prior(*plain, 4, at::detail::getDefaultCPUGenerator());
    const Tensor start = plain->decode(codes).detach();
    EXPECT_TRUE(at::allclose(averaged->decode(codes), start)) << name;
    EXPECT_EQ(step(*plain, batch(), 20), step(*averaged, batch(), 20)) << name;
    EXPECT_FALSE(at::allclose(plain->decode(codes), start, 1e-3, 1e-3)) << name;
    EXPECT_TRUE(at::allclose(averaged->decode(codes), start, 1e-3, 1e-3)) << name;
  }
}

}  // namespace
}  // namespace refract::labelled_tests
