// The reader of z in mathieupairs, against calculations that do not use it.
#include <ATen/ops/cat.h>
#include <ATen/ops/leaky_relu.h>
#include <gtest/gtest.h>

#include <cmath>

#include "refract/nn/networks.h"
#include "tests/methods/mathieu_pairs.h"

namespace refract::pairs_tests {
namespace {

const KeyValues reader_alone = {{"reader_weight", "3"}, {"reconstruction_weight", "0"}, {"partner_weight", "0"},
                                {"kl_weight", "0"},     {"adversarial_weight", "0"},    {"learning_rate", "0"}};

// ln p of what the reader says of the means of all three kinds of examples, from its weights: [3 N, classes].
Tensor said(Method& method) {
  const Batch b = batch();
  const at::NoGradGuard no_grad;
  const Tensor means = method.encode(at::cat({b.main.x, b.partner.x, b.second.x})).at(1).to(at::kDouble);
  const Tensor seen = (means - means.mean(0)) / means.std(0, false);
  auto weights = weights_of(method);
  const auto weight = [&](const std::string& name) { return weights.at("reader/classifier." + name).to(at::kDouble); };
  const Tensor hidden = at::leaky_relu(seen.matmul(weight("hidden.weight").t()) + weight("hidden.bias"), kSlope);
  return (hidden.matmul(weight("head.weight").t()) + weight("head.bias")).log_softmax(1);
}

TEST(ReaderOfZ, ReadsLabelsFromMeansAndIsPushedToChance) {
  const auto made = make(reader_alone);
  const Tensor log_probabilities = said(*made);
  std::vector<int64_t> labels = first_labels;
  labels.insert(labels.end(), first_labels.begin(), first_labels.end());  // of the partners
  labels.insert(labels.end(), second_labels.begin(), second_labels.end());
  const double entropy = -log_probabilities.gather(1, label_column(labels)).mean().item<double>();
  double certainty = 0;  // KL of "all alike" from what is said
  for (int64_t n = 0; n < 3 * kPairs; ++n)
    for (int64_t k = 0; k < 4; ++k)
      certainty += 0.25 * (std::log(0.25) - log_probabilities[n][k].item<double>()) / (3 * kPairs);
  const Values found = step(*made);
  EXPECT_NEAR(found.at("reader"), entropy, 1e-3 * entropy);
  EXPECT_NEAR(found.at("certainty"), certainty, 1e-3 * certainty);
  EXPECT_NEAR(found.at("loss"), 3 * found.at("certainty"), 1e-5);
}

// The reader learns to read, the encoder to say nothing, and neither moves the other.
TEST(ReaderOfZ, EachPlayerMovesByItsOwnTerm) {
  KeyValues fast = reader_alone;
  fast.back() = {"learning_rate", "0.003"};
  const auto taught = [&](const std::string& steps) {
    KeyValues values = fast;
    values.emplace_back("reader_steps", steps);
    const auto made = make(values);
    const auto before = weights_of(*made);
    step(*made);
    for (const auto& [name, tensor] : weights_of(*made)) {
      const bool moves = name.starts_with("reader/") || name.find("encoder.trunk.") != std::string::npos ||
                         name.find("encoder.z.") != std::string::npos;
      if (name.ends_with(".weight")) {
        EXPECT_EQ(tensor.equal(before.at(name)), !moves) << name;
      }
    }
    return weights_of(*made).at("reader/classifier.head.weight");
  };
  EXPECT_FALSE(taught("1").equal(taught("4")));

  KeyValues reader_moves = fast, encoder_moves = fast;
  reader_moves.front() = {"reader_weight", "1e-9"};
  encoder_moves.emplace_back("reader_rate", "0");
  const auto after = [](const KeyValues& values, const char* term) {
    const auto made = make(values);
    const double start = step(*made).at(term);
    for (int i = 0; i < 20; ++i) step(*made);
    return step(*made).at(term) / start;
  };
  EXPECT_LT(after(reader_moves, "reader"), 0.9);
  EXPECT_LT(after(encoder_moves, "certainty"), 0.9);
}

// Partners share the first attribute alone: of the second one each has its own.
TEST(ReaderOfZ, LearnsThePartnersOwnLabels) {
  KeyValues values = reader_alone;
  values.insert(values.end(), {{"classes", "4,2"}, {"label_columns", "1"}});
  const auto made = make(values);
  EXPECT_TRUE(made->needs().partner.labels);
  EXPECT_FALSE(make()->needs().partner.labels) << "nobody reads them";
  const auto with_second = [](const std::vector<int64_t>& first, const std::vector<int64_t>& second) {
    return at::cat({label_column(first), label_column(second)}, 1);
  };
  const std::vector<int64_t> of_main = {0, 1, 0, 1, 0, 1}, of_partner = {1, 1, 1, 0, 0, 0},
                             of_second = {0, 0, 1, 1, -1, 1};
  Batch b = batch();
  b.main.labels = with_second(first_labels, of_main);
  b.partner.labels = with_second(first_labels, of_partner);
  b.second.labels = with_second(second_labels, of_second);
  const Tensor log_probabilities = said(*made);
  const Tensor label = at::cat({b.main.labels, b.partner.labels, b.second.labels}).select(1, 1);
  double entropy = 0, certainty = 0, known = 0;
  for (int64_t n = 0; n < label.size(0); ++n) {
    const auto its = label[n].item<int64_t>();
    if (its < 0) continue;
    ++known;
    entropy -= log_probabilities[n][its].item<double>();
    certainty -= 0.5 * (log_probabilities[n][0] + log_probabilities[n][1]).item<double>() + std::log(2.0);
  }
  const Values found = step(*made, b);
  EXPECT_NEAR(found.at("reader"), entropy / known, 1e-3 * entropy / known);
  EXPECT_NEAR(found.at("certainty"), certainty / known, 1e-3 * certainty / known);
}

TEST(ReaderOfZ, IsThereOnRequest) {
  EXPECT_EQ(make()->players().size(), 2U);
  EXPECT_EQ(make({{"reader_weight", "1"}})->players().size(), 3U);
  EXPECT_EQ(step(*make()).count("reader"), 0U);
}

}  // namespace
}  // namespace refract::pairs_tests
