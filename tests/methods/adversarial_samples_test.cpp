// What the discriminator of examples is shown in a step: reconstructions with the labels of the examples, and samples
// of the prior with labels of their own.
#include <ATen/ops/cat.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/randint.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <cmath>

#include "refract/methods/labelled_options.h"
#include "refract/nn/projection_discriminator.h"
#include "tests/methods/labelled.h"

namespace refract::labelled_tests {
namespace {

const std::vector<int64_t> all_known = {0, 1, 2, 1, 2, 0};

Tensor one_hot_of(const Tensor& labels) {
  return at::eye(kClasses).index_select(0, labels.squeeze(1));
}

// What the discriminator says before the step, [N] for each kind.
std::vector<Tensor> verdicts_of(Method& method, const std::vector<Tensor>& kinds, const std::vector<Tensor>& labels) {
  LabelledOptions options;
  options.network.widths = {4, 6};
  ProjectionDiscriminator twin(Space::square(3, 16), options.network.architecture(), {.classes = kClasses});
  const auto state = state_of(method);
  for (auto& item : twin.named_parameters()) item.value().copy_(state.at("discriminator/verdict." + item.key()));
  for (auto& item : twin.named_buffers()) item.value().copy_(state.at("discriminator/verdict." + item.key()));
  return twin.forward(at::cat(kinds), at::cat(labels)).to(at::kDouble).split(kExamples);
}

double mean_of_minus_log_sigmoid(const Tensor& logits) {
  double sum = 0;
  for (int64_t n = 0; n < logits.size(0); ++n) sum += std::log(1 + std::exp(-logits[n].item<double>()));
  return sum / static_cast<double>(logits.size(0));
}

// The draws of a step, in their order.
struct AdversaryReplay {
  Tensor reconstruction;  // undefined where there is none
  Tensor sample, labels;  // of the prior
};

Tensor labels_at_random() {
  return one_hot_of(at::randint(kClasses, {kExamples, 1}, at::kLong));
}

AdversaryReplay replay_of(const std::string& name, const Method& method, const Batch& b) {
  AdversaryReplay made;
  const Codes means = method.encodes() ? method.encode(b.main) : Codes();
  const Tensor log_variance = method.encodes() ? method.log_variances(b.main).back() : Tensor();
  at::manual_seed(12);  // as step() does
  if (name == "cgan") {
    made.labels = labels_at_random();
    made.sample = method.decode({made.labels, at::randn({kExamples, 3})});
    return made;
  }
  Codes codes = means;
  codes.back() = means.back() + (0.5 * log_variance).exp() * at::randn({kExamples, 3});
  made.reconstruction = method.decode(codes);
  made.labels = labels_at_random();
  if (name == "lrlivae") {
    const Gaussian prior = method.prior(1);
    const Tensor z_s = made.labels.matmul(prior.mean) +
                       (0.5 * made.labels.matmul(prior.log_variance)).exp() * at::randn({kExamples, 2});
    made.sample = method.decode({made.labels, z_s, at::randn({kExamples, 3})});
  } else {
    made.sample = method.decode({made.labels, at::randn({kExamples, 3})});
  }
  return made;
}

class AdversarialSamples : public testing::TestWithParam<std::string> {};

// Algorithm 1, lines 20 to 22, with classes of the samples as Eqs. 6 and 10 have them.
TEST_P(AdversarialSamples, AreShownWithClassesOfTheirOwn) {
  const auto method = make(GetParam());
  for (int i = 0; i < 4; ++i) step(*method, batch(all_known, all_known), 4);
  const Batch b = batch(all_known, all_known);
  double generator = 0, discriminator = 0;
  {
    const at::NoGradGuard no_grad;
    const AdversaryReplay made = replay_of(GetParam(), *method, b);
    const Tensor labels = one_hot_of(b.main.labels);
    ASSERT_FALSE(made.labels.equal(labels)) << "or the test says nothing";
    std::vector<Tensor> kinds = {b.main.x, made.sample}, seen = {labels, made.labels};
    if (made.reconstruction.defined()) {
      kinds.push_back(made.reconstruction);
      seen.push_back(labels);
    }
    const std::vector<Tensor> verdicts = verdicts_of(*method, kinds, seen);
    discriminator = mean_of_minus_log_sigmoid(verdicts[0]);
    for (size_t kind = 1; kind < verdicts.size(); ++kind) {
      discriminator += mean_of_minus_log_sigmoid(-verdicts[kind]);
      generator += mean_of_minus_log_sigmoid(verdicts[kind]);
    }
  }
  const Values terms = step(*method, b, 0);
  EXPECT_NEAR(terms.at("discriminator"), discriminator, 1e-4);
  EXPECT_NEAR(terms.at("adversarial"), generator, 1e-4);
}

INSTANTIATE_TEST_SUITE_P(All, AdversarialSamples, testing::Values("lrlivae", "cvaegan", "cgan"),
                         [](const auto& name) { return name.param; });

}  // namespace
}  // namespace refract::labelled_tests
