// What holds for every row of the method registry, at sizes that take seconds.
#include <ATen/ops/allclose.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/one_hot.h>
#include <ATen/ops/zeros_like.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "refract/core/errors.h"
#include "refract/core/files.h"
#include "refract/core/generator.h"
#include "refract/core/random.h"
#include "refract/data/loader.h"
#include "tests/train/support.h"

namespace refract {
namespace {

using testing_support::contains;
using testing_support::message_of;
using testing_support::TempFolder;
using testing_support::tiny;

class MethodContract : public testing::TestWithParam<std::string> {
 protected:
  [[nodiscard]] OpenedRun start(const std::string& name, const KeyValues& changes = {}) const {
    return start_run(folder_ / name, tiny(GetParam(), changes), "method_contract_test");
  }
  TempFolder folder_;
};

// Of examples, or drawn from the priors where the model has no encoder.
Codes codes_of(const Method& method, const Tensor& examples) {
  const at::NoGradGuard no_grad;
  return method.encodes() ? method.encode(examples) : draw_prior(method, examples.size(0), generator_of(4));
}

Outcome train(OpenedRun& opened, const std::atomic<bool>* stop = nullptr) {
  return refract::train(*opened.method, *opened.data, *opened.settings, opened.run, opened.checkpoint.step, {{}, stop});
}

Batch first_batch(const OpenedRun& opened) {
  return Loader(*opened.data, opened.method->needs(), opened.settings->train.batch, 1).at(0);
}

NamedTensors copied_weights(Method& method) {
  NamedTensors all;
  for (Player* player : method.players())
    for (const auto& [name, tensor] : player->weights()) all.emplace_back(name, tensor.clone());
  return all;
}

TEST(MethodRegistry, NamesAreUniqueAndDescribed) {
  std::set<std::string> names;
  for (const MethodEntry& entry : methods()) {
    EXPECT_TRUE(names.insert(entry.name).second) << entry.name;
    EXPECT_FALSE(entry.summary.empty()) << entry.name;
    EXPECT_FALSE(entry.source.empty()) << entry.name;
    EXPECT_EQ(&method(entry.name), &entry);
    EXPECT_TRUE(contains(message_of<BadInput>([&] { method(entry.name + "x"); }), "'" + entry.name + "'"));
  }
}

// One image a step, or a sentence that says how many it must be.
TEST_P(MethodContract, TheSmallestBatchTrainsAndASmallerOneIsRefused) {
  const OpenedRun opened = start("run");
  const int64_t least = opened.method->needs().least_batch;
  const auto with = [](int64_t batch) { return KeyValues{{"batch", std::to_string(batch)}, {"steps", "2"}}; };
  OpenedRun smallest = start("smallest", with(least));
  EXPECT_EQ(train(smallest), Outcome::finished);
  if (least == 1) return;
  EXPECT_TRUE(
      contains(message_of<BadInput>([&] { static_cast<void>(start("smaller", with(least - 1))); }), "Raise batch"));
}

TEST_P(MethodContract, CodesAndImagesHaveTheirShapes) {
  const OpenedRun opened = start("run");
  const Method& method = *opened.method;
  EXPECT_EQ(method.space(), opened.data->info().space);
  const Tensor images = opened.data->examples(Split::unlabelled, {0, 1, 2, 3, 4});
  const Codes codes = codes_of(method, images);
  ASSERT_EQ(codes.size(), method.blocks().size());
  std::set<std::string> names;
  for (size_t i = 0; i < codes.size(); ++i) {
    EXPECT_TRUE(names.insert(method.blocks()[i].name).second);
    EXPECT_EQ(codes[i].sizes().vec(), (std::vector<int64_t>{5, method.blocks()[i].size}));
  }
  if (method.generates()) {
    const Tensor decoded = method.decode(codes);
    EXPECT_EQ(decoded.sizes().vec(), images.sizes().vec());
    EXPECT_LE(decoded.abs().max().item<double>(), 1);
  }
  EXPECT_TRUE(at::equal(codes_of(method, images).at(0), codes.at(0))) << "encoding is not repeatable";
  if (method.reference_code().defined()) {
    const Block& target = method.blocks()[block_of(method, Role::target)];
    EXPECT_EQ(method.reference_code().sizes().vec(), std::vector<int64_t>{target.size});
  }
}

// What needs a part that the model lacks says so, and the others do not.
TEST_P(MethodContract, WhatIsMissingIsSaid) {
  const OpenedRun opened = start("run");
  const Method& method = *opened.method;
  const Tensor images = opened.data->examples(Split::unlabelled, {0, 1});
  const auto encoding = message_of<BadInput>([&] { encode_all(method, images); });
  EXPECT_EQ(encoding, lacks_encoder(method));
  EXPECT_EQ(encoding.empty(), method.encodes());
  if (!method.encodes()) {
    EXPECT_EQ(message_of<BadInput>([&] { static_cast<void>(method.encode(images)); }), encoding);
  }
  const Codes codes = codes_of(method, images);
  const auto decoding = message_of<BadInput>([&] { decode_all(method, codes); });
  EXPECT_EQ(decoding, lacks_generator(method));
  EXPECT_EQ(decoding.empty(), method.generates());
}

TEST_P(MethodContract, CodesOfAnImageDoNotDependOnTheOthers) {
  const OpenedRun opened = start("run");
  if (!opened.method->encodes()) return;
  const Tensor images = opened.data->examples(Split::unlabelled, {0, 1, 2, 3});
  const Codes together = opened.method->encode(images);
  const Codes alone = opened.method->encode(images.slice(0, 2, 3));
  for (size_t i = 0; i < alone.size(); ++i)
    EXPECT_TRUE(at::allclose(alone[i], together[i].slice(0, 2, 3), 1e-4, 1e-5)) << opened.method->blocks()[i].name;
}

// Of a block with a given class, the draws in which it is the likeliest; of any other, all.
Tensor draws_of(const Method& method, size_t block, const Codes& drawn, const Codes& means, Gaussian& prior) {
  prior = method.prior(block);
  if (!method.blocks()[block].given) return drawn[block];
  const size_t category = *method.blocks()[block].given;
  const int64_t likeliest = means[category].argmax(1).item<int64_t>();
  prior = prior.rows(likeliest, likeliest + 1);
  return drawn[block].index_select(0, drawn[category].argmax(1).eq(likeliest).nonzero().squeeze(1));
}

// From the mean and the variance of many draws of one image.
TEST_P(MethodContract, KlIsThatOfThePosteriorThatDrawsComeFrom) {
  const OpenedRun opened = start("run");
  const Method& method = *opened.method;
  if (!method.encodes()) return;
  const at::NoGradGuard no_grad;
  const Tensor image = opened.data->examples(Split::unlabelled, {3});
  const Codes kl = method.kl(image);
  ASSERT_EQ(kl.size(), method.blocks().size());
  const Codes drawn = method.draw(image.expand({5000, -1, -1, -1}), generator_of(5));
  const Codes means = method.encode(image);
  for (size_t b = 0; b < kl.size(); ++b) {
    const Block& block = method.blocks()[b];
    if (!kl[b].defined()) continue;
    ASSERT_EQ(kl[b].sizes().vec(), (std::vector<int64_t>{1, block.size})) << block.name;
    Gaussian prior;
    const Tensor draws = draws_of(method, b, drawn, means, prior);
    const Tensor variance = draws.var(0);
    const Tensor ratio = variance / prior.log_variance[0].exp();
    const Tensor distance = (draws.mean(0) - prior.mean[0]).square() / prior.log_variance[0].exp();
    const Tensor expected = 0.5 * (ratio + distance - 1 - ratio.log());
    EXPECT_LT(((kl[b][0] - expected).abs() / (1 + expected)).max().item<double>(), 0.05) << block.name;
  }
}

// The prior of each of these examples: of a block with a given class, that of the likeliest one.
Gaussian priors_of(const Method& method, size_t block, const Codes& means) {
  const Gaussian prior = method.prior(block);
  const std::optional<size_t> given = method.blocks()[block].given;
  if (!given) return prior.repeated(means[block].size(0));
  return prior.mixed(at::one_hot(means[*given].argmax(1), means[*given].size(1)).to(at::kFloat));
}

TEST_P(MethodContract, MeansAndLogVariancesGiveTheKl) {
  const OpenedRun opened = start("run");
  const Method& method = *opened.method;
  if (!method.encodes()) return;
  const at::NoGradGuard no_grad;
  const Tensor images = opened.data->examples(Split::unlabelled, {0, 1, 2, 3, 4});
  const Codes kl = method.kl(images), means = method.encode(images), log_variances = method.log_variances(images);
  ASSERT_EQ(log_variances.size(), kl.size());
  for (size_t b = 0; b < kl.size(); ++b) {
    const std::string& name = method.blocks()[b].name;
    ASSERT_EQ(log_variances[b].defined(), kl[b].defined()) << name;
    if (!kl[b].defined()) continue;
    ASSERT_EQ(log_variances[b].sizes(), kl[b].sizes()) << name;
    const Gaussian posterior{means[b], log_variances[b]};
    EXPECT_TRUE(at::allclose(posterior.kl_of_dimensions(priors_of(method, b, means)), kl[b], 1e-4, 1e-5)) << name;
  }
}

TEST_P(MethodContract, TermsAreFiniteNamedAndWithoutGradient) {
  const OpenedRun opened = start("run");
  Update update;
  const Scalars terms = opened.method->step(first_batch(opened), update);
  EXPECT_TRUE(update.finite());
  ASSERT_FALSE(terms.empty());
  std::set<std::string> names;
  for (const auto& [name, value] : terms) {
    EXPECT_TRUE(names.insert(name).second) << name;
    EXPECT_EQ(name.find_first_of(", \n\""), std::string::npos) << "not fit for a CSV header: " << name;
    EXPECT_EQ(value.dim(), 0) << name;
    EXPECT_FALSE(value.requires_grad()) << name;
    EXPECT_TRUE(std::isfinite(value.item<double>())) << name;
  }
}

TEST_P(MethodContract, EveryParameterHasOnePlayerAndMoves) {
  OpenedRun opened = start("run", {{"steps", "8"}, {"learning_rate", "0.01"}, {"decay", "0"}});
  std::set<const void*> seen;
  std::set<std::string> names;
  for (Player* player : opened.method->players())
    for (const auto& [name, parameter] : player->parameters()) {
      if (player->shares()) continue;
      EXPECT_TRUE(seen.insert(parameter.unsafeGetTensorImpl()).second) << name << " has two players";
      EXPECT_TRUE(parameter.requires_grad()) << name;
    }
  const NamedTensors before = copied_weights(*opened.method);
  train(opened);
  const NamedTensors after = copied_weights(*opened.method);
  for (size_t i = 0; i < before.size(); ++i) {
    EXPECT_TRUE(names.insert(before[i].first).second) << before[i].first;
    EXPECT_TRUE(at::isfinite(after[i].second).all().item<bool>()) << before[i].first;
    EXPECT_FALSE(at::equal(before[i].second, after[i].second)) << before[i].first << " has not moved";
  }
}

TEST_P(MethodContract, TheSeedDecidesTheWeights) {
  const auto final_bytes = [&](const std::string& name, const std::string& seed) {
    at::manual_seed(static_cast<uint64_t>(name.size()));  // must make no difference
    OpenedRun opened = start(name, {{"seed", seed}});
    train(opened);
    return read_file(opened.run.checkpoints().back());
  };
  const std::string one = final_bytes("a", "1");
  EXPECT_TRUE(final_bytes("another", "1") == one);
  EXPECT_FALSE(final_bytes("other", "2") == one);
}

// Stopped after every step, and each time taken up by objects that know nothing but the run directory.
TEST_P(MethodContract, ResumingEqualsNotStopping) {
  OpenedRun whole = start("whole");
  train(whole);
  const std::atomic<bool> stop = true;
  OpenedRun first = start("stopped");
  ASSERT_EQ(train(first, &stop), Outcome::interrupted);
  Outcome outcome = Outcome::interrupted;
  while (outcome == Outcome::interrupted) {
    OpenedRun next = resume_run(first.run.path());
    EXPECT_TRUE(next.notes.empty());
    outcome = train(next, &stop);
  }
  EXPECT_TRUE(read_file(whole.run.checkpoints().back()) == read_file(first.run.checkpoints().back()));
}

// Its statistics are gathered in training, decide in use, and are stored with the weights.
TEST_P(MethodContract, TrainsWithBatchNormalisation) {
  if (!method(GetParam()).recipe().options.has("architecture")) GTEST_SKIP() << "it has networks of its own";
  OpenedRun opened = start("run", {{"architecture", "normed5"}});
  ASSERT_EQ(train(opened), Outcome::finished);
  const OpenedRun again = open_run(folder_ / "run", true);
  const at::NoGradGuard no_grad;
  const Tensor images = opened.data->examples(Split::unlabelled, {0, 1, 2, 3});
  if (!opened.method->encodes()) {
    const Codes codes = codes_of(*opened.method, images);
    EXPECT_TRUE(at::equal(opened.method->decode(codes), again.method->decode(codes)));
    return;
  }
  const Codes together = opened.method->encode(images);
  const Codes alone = again.method->encode(images.slice(0, 2, 3));
  for (size_t i = 0; i < alone.size(); ++i)
    EXPECT_TRUE(at::allclose(alone[i], together[i].slice(0, 2, 3), 1e-4, 1e-5)) << opened.method->blocks()[i].name;
}

std::vector<std::string> method_names() {
  std::vector<std::string> all;
  for (const MethodEntry& entry : methods()) all.push_back(entry.name);
  return all;
}

INSTANTIATE_TEST_SUITE_P(All, MethodContract, testing::ValuesIn(method_names()),
                         [](const auto& row) { return row.param; });

}  // namespace
}  // namespace refract
