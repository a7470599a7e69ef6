#include <ATen/ops/allclose.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include <cmath>

#include "refract/core/errors.h"
#include "refract/core/files.h"
#include "tests/train/support.h"

namespace refract {
namespace {

using testing_support::contains;
using testing_support::message_of;
using testing_support::TempFolder;
using testing_support::tiny;
using testing_support::train_all;

const Space pictures = Space::picture(1, 9, 7);  // odd sides are halved, too

std::unique_ptr<Method> classifier(const KeyValues& changes = {}, const Space& space = pictures) {
  at::manual_seed(3);
  MethodRecipe recipe = method("classifier").recipe();
  for (const auto& [key, value] : KeyValues{{"width", "4"}, {"classes", "3"}}) recipe.options.set(key, value);
  for (const auto& [key, value] : changes) recipe.options.set(key, value);
  return recipe.make(space);
}

Tensor drawn_pictures(int64_t count) {
  return at::rand(pictures.batch(count)) * 2 - 1;
}

Batch labelled_batch(const Tensor& x, const std::vector<int64_t>& labels) {
  Batch batch;
  batch.main = {x, at::tensor(labels, at::kLong).view({x.size(0), -1})};
  return batch;
}

// A term of a step, whose pass comes before the weights move.
double term_of(Method& method, const Batch& batch, const std::string& name) {
  at::manual_seed(8);
  Update update;
  for (const auto& [its, value] : method.step(batch, update))
    if (its == name) return value.item<double>();
  return std::nan("");
}

TEST(Classifier, HasProbabilitiesAndFeatures) {
  const auto method = classifier({{"classes", "3,2"}});
  method->train(false);
  ASSERT_EQ(method->blocks().size(), 3U);
  const Codes codes = method->encode(drawn_pictures(5));
  EXPECT_EQ(codes[0].sizes().vec(), (std::vector<int64_t>{5, 3}));
  EXPECT_EQ(codes[1].sizes().vec(), (std::vector<int64_t>{5, 2}));
  EXPECT_EQ(codes[2].sizes().vec(), (std::vector<int64_t>{5, 16}));
  for (const size_t c : {0U, 1U}) {
    EXPECT_TRUE(method->blocks()[c].categorical);
    EXPECT_TRUE(at::allclose(codes[c].sum(1), at::full({5}, 1.0F)));
  }
  EXPECT_FALSE(method->generates());
  EXPECT_TRUE(contains(message_of<BadInput>([&] { method->decode(codes); }), "no generator"));
}

TEST(Classifier, TheLossIsTheCrossEntropyOfKnownLabels) {
  const auto method = classifier();
  const Tensor x = drawn_pictures(4);
  Tensor log_p;
  {
    const at::NoGradGuard no_grad;
    log_p = method->encode(x).at(0).log();
  }
  const double expected = -(log_p[0][2] + log_p[1][0] + log_p[3][1]).item<double>() / 3;
  EXPECT_NEAR(term_of(*method, labelled_batch(x, {2, 0, -1, 1}), "loss"), expected, 1e-5);
}

TEST(Classifier, SmoothingSharesAPartOfEachLabel) {
  const auto method = classifier({{"label_smoothing", "0.3"}});
  const Tensor x = drawn_pictures(2);
  Tensor log_p;
  {
    const at::NoGradGuard no_grad;
    log_p = method->encode(x).at(0).log();
  }
  const Tensor wanted = at::tensor({0.1, 0.8, 0.1, 0.8, 0.1, 0.1}, at::kFloat).view({2, 3});
  EXPECT_NEAR(term_of(*method, labelled_batch(x, {1, 0}), "loss"), -(wanted * log_p).sum().item<double>() / 2, 1e-5);
}

TEST(Classifier, TheAccuracyIsOfKnownLabels) {
  const auto method = classifier();
  const Tensor x = drawn_pictures(4);
  Tensor said;
  {
    const at::NoGradGuard no_grad;
    said = method->encode(x).at(0).argmax(1);
  }
  const auto of = [&](int64_t row, int64_t more) { return (said[row].item<int64_t>() + more) % 3; };
  EXPECT_NEAR(term_of(*method, labelled_batch(x, {of(0, 0), of(1, 1), -1, of(3, 0)}), "accuracy"), 2.0 / 3, 1e-6);
}

// What a change of the training pictures leaves alone has the same loss as without it, and nothing else does.
TEST(Classifier, FlipsAndShiftsChangeTrainingPicturesOnly) {
  const Tensor any = drawn_pictures(6);
  const Tensor symmetric = any + any.flip(3);
  const Tensor flat = any.mean({2, 3}, true).expand_as(any).contiguous();
  const auto loss = [](const KeyValues& changes, const Tensor& x) {
    return term_of(*classifier(changes), labelled_batch(x, {0, 1, 2, 0, 1, 2}), "loss");
  };
  EXPECT_EQ(loss({{"flips", "true"}}, symmetric), loss({}, symmetric));
  EXPECT_NE(loss({{"flips", "true"}}, any), loss({}, any));
  EXPECT_EQ(loss({{"shifts", "3"}}, flat), loss({}, flat));
  EXPECT_NE(loss({{"shifts", "3"}}, any), loss({}, any));

  const auto plain = classifier(), changed = classifier({{"flips", "true"}, {"shifts", "3"}});
  for (Method* method : {plain.get(), changed.get()}) method->train(false);
  EXPECT_TRUE(at::equal(plain->encode(any).at(0), changed->encode(any).at(0)));
}

TEST(Classifier, RowsAreNotFlipped) {
  EXPECT_NO_THROW(classifier({}, Space::row(6)));
  for (const auto& change : KeyValues{{"flips", "true"}, {"shifts", "1"}})
    EXPECT_TRUE(contains(message_of<BadInput>([&] { classifier({change}, Space::row(6)); }), "rows of 6 numbers"));
}

TEST(Classifier, ResumesWithChangedPictures) {
  const TempFolder folder;
  const auto start = [&](const std::string& name) {
    return start_run(folder / name, tiny("classifier", {{"flips", "true"}, {"shifts", "2"}, {"width", "4"}}), "");
  };
  OpenedRun whole = start("whole"), first = start("stopped");
  train_all(whole);
  const std::atomic<bool> stop = true;
  train(*first.method, *first.data, *first.settings, first.run, 0, {{}, &stop});
  OpenedRun next = resume_run(first.run.path());
  EXPECT_LT(next.checkpoint.step, 6);
  train_all(next);
  EXPECT_TRUE(read_file(whole.run.checkpoints().back()) == read_file(first.run.checkpoints().back()));
}

TEST(Classifier, LearnsTheLabelsOfSixteenImages) {
  REFRACT_SKIP_LONG_TRAINING();
  const TempFolder folder;
  OpenedRun opened = start_run(
      folder / "run",
      tiny("classifier", {{"steps", "100"}, {"width", "8"}, {"unlabelled_images", "16"}, {"batch", "16"}}), "");
  train_all(opened);
  const Tensor images = opened.data->examples(Split::unlabelled, all_indices(16));
  const Tensor labels = opened.data->labels(Split::unlabelled, all_indices(16));
  EXPECT_TRUE(at::equal(encode_all(*opened.method, images).at(0).argmax(1), labels.to(at::kLong)));
}

}  // namespace
}  // namespace refract
