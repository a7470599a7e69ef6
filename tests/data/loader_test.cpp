#include "refract/data/loader.h"

#include <ATen/ops/equal.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <stdexcept>

#include "refract/core/errors.h"
#include "tests/data/support.h"

namespace refract {
namespace {

using testing_support::contains;
using testing_support::message_of;

// Image i of a split is i everywhere. Asking for `broken` (an unlabelled image) fails.
class Counting final : public DataSource {
 public:
  Counting(int64_t unlabelled, int64_t reference, int64_t broken = -1)
      : unlabelled_(unlabelled), reference_(reference), broken_(broken) {
    info_.name = "counting";
    info_.space = Space::square(1, 2);
  }
  [[nodiscard]] const DataInfo& info() const override { return info_; }
  [[nodiscard]] int64_t count(Split split) const override {
    return split == Split::unlabelled ? unlabelled_ : split == Split::reference ? reference_ : 0;
  }
  [[nodiscard]] Tensor examples(Split split, const Indices& indices) const override {
    ++calls;
    if (split == Split::unlabelled && std::count(indices.begin(), indices.end(), broken_) > 0)
      throw std::runtime_error("broken image");
    return at::tensor(indices, at::kFloat).reshape({-1, 1, 1, 1}).expand({-1, 1, 2, 2}).contiguous();
  }
  mutable std::atomic<int> calls = 0;

 private:
  DataInfo info_;
  int64_t unlabelled_, reference_, broken_;
};

std::vector<int64_t> numbers_in(const Tensor& images) {
  const Tensor flat = images.select(3, 0).select(2, 0).flatten().to(at::kLong).contiguous();
  return {flat.data_ptr<int64_t>(), flat.data_ptr<int64_t>() + flat.numel()};
}

TEST(Loader, ASecondBatchHasAnOrderOfItsOwn) {
  const Counting data(24, 0);
  Loader loader(data, {.second = {true}}, 6, 5);
  std::vector<int64_t> first, second;
  for (int64_t step = 0; step < 4; ++step) {
    const Batch batch = loader.at(step);
    for (const int64_t i : numbers_in(batch.main.x)) first.push_back(i);
    for (const int64_t i : numbers_in(batch.second.x)) second.push_back(i);
  }
  EXPECT_NE(first, second);
  std::sort(first.begin(), first.end());
  std::sort(second.begin(), second.end());
  EXPECT_EQ(first, second);
  EXPECT_FALSE(Loader(data, {}, 6, 5).at(0).second.x.defined());
}

// As many batches as asked for, one after another, each image once in a pass.
TEST(Loader, SeveralSecondBatchesAreThoseOfSeveralSteps) {
  const Counting data(24, 0);
  Loader one(data, {.second = {true}}, 4, 5), three(data, {.second = {true, false, 3}}, 4, 5);
  std::vector<int64_t> single, triple;
  for (int64_t step = 0; step < 9; ++step)
    for (const int64_t i : numbers_in(one.at(step).second.x)) single.push_back(i);
  for (int64_t step = 0; step < 3; ++step) {
    const Batch batch = three.at(step);
    EXPECT_EQ(batch.main.x.size(0), 4);
    for (const int64_t i : numbers_in(batch.second.x)) triple.push_back(i);
  }
  EXPECT_EQ(triple, single);
}

TEST(Loader, APassShowsEveryImageOnce) {
  const Counting data(24, 18);
  Loader loader(data, {.reference = {true}}, 6, 5);
  std::vector<int64_t> unlabelled, reference;
  for (int64_t step = 0; step < 8; ++step) {
    const Batch batch = loader.at(step);
    ASSERT_EQ(batch.main.x.sizes().vec(), (std::vector<int64_t>{6, 1, 2, 2}));
    ASSERT_EQ(batch.reference.x.size(0), 6);
    for (const int64_t i : numbers_in(batch.main.x)) unlabelled.push_back(i);
    for (const int64_t i : numbers_in(batch.reference.x)) reference.push_back(i);
  }
  const auto is_pass = [](std::vector<int64_t> all, int64_t first, int64_t count) {
    std::vector<int64_t> pass(all.begin() + first, all.begin() + first + count);
    std::sort(pass.begin(), pass.end());
    for (int64_t i = 0; i < count; ++i)
      if (pass[static_cast<size_t>(i)] != i) return false;
    return true;
  };
  EXPECT_TRUE(is_pass(unlabelled, 0, 24) && is_pass(unlabelled, 24, 24));
  EXPECT_TRUE(is_pass(reference, 0, 18) && is_pass(reference, 18, 18)) << "passes of the two are independent";
  EXPECT_FALSE(std::equal(unlabelled.begin(), unlabelled.begin() + 24, unlabelled.begin() + 24));
  EXPECT_FALSE(std::is_sorted(unlabelled.begin(), unlabelled.begin() + 24));
}

TEST(Loader, WhatIsLeftOfAPassJoinsTheNext) {
  const Counting data(10, 0);
  Loader loader(data, {}, 4, 1);
  EXPECT_EQ(loader.steps_per_epoch(), 2);
  std::vector<int64_t> seen;
  for (int64_t step = 0; step < 5; ++step)
    for (const int64_t i : numbers_in(loader.at(step).main.x)) seen.push_back(i);
  for (int64_t i = 0; i < 10; ++i) EXPECT_EQ(std::count(seen.begin(), seen.end(), i), 2) << i;
}

TEST(Loader, ABatchDependsOnSeedAndStepAlone) {
  const Counting data(50, 40);
  Loader walked(data, {.reference = {true}}, 8, 5);
  std::vector<Batch> batches;
  for (int64_t step = 0; step < 12; ++step) batches.push_back(walked.at(step));
  Loader resumed(data, {.reference = {true}}, 8, 5);
  for (const int64_t step : {7, 8, 3, 11, 3, 0}) {
    const Batch batch = resumed.at(step);
    EXPECT_TRUE(at::equal(batch.main.x, batches[static_cast<size_t>(step)].main.x)) << step;
    EXPECT_TRUE(at::equal(batch.reference.x, batches[static_cast<size_t>(step)].reference.x)) << step;
  }
  Loader other(data, {.reference = {true}}, 8, 6);
  EXPECT_FALSE(at::equal(other.at(0).main.x, batches[0].main.x));
}

TEST(Loader, FillsOnlyWhatIsNeeded) {
  const Counting data(10, 10);
  EXPECT_FALSE(Loader(data, {}, 4, 1).at(0).reference.x.defined());
}

TEST(Loader, PreparesTheNextBatchMeanwhile) {
  const Counting data(40, 0);
  Loader loader(data, {}, 4, 1);
  static_cast<void>(loader.at(0));
  for (int wait = 0; wait < 500 && data.calls < 2; ++wait) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  EXPECT_EQ(data.calls, 2);
  static_cast<void>(loader.at(1));
  for (int wait = 0; wait < 500 && data.calls < 3; ++wait) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  EXPECT_EQ(data.calls, 3) << "batch 1 was not made twice";
}

TEST(Loader, AFailureComesOutAtItsOwnStep) {
  const Counting good(12, 0);
  Loader whole(good, {}, 4, 9);
  int64_t bad_step = -1;
  const int64_t broken = numbers_in(whole.at(2).main.x).at(1);
  const Counting data(12, 0, broken);
  Loader loader(data, {}, 4, 9);
  for (int64_t step = 0; step < 3; ++step) try {
      static_cast<void>(loader.at(step));
    } catch (const std::runtime_error& error) {
      EXPECT_STREQ(error.what(), "broken image");
      bad_step = step;
    }
  EXPECT_EQ(bad_step, 2);
  EXPECT_NO_THROW(static_cast<void>(loader.at(0))) << "still usable";
}

TEST(Loader, RefusesUnmetNeedsInASentence) {
  const Counting data(10, 0);
  const std::string message = message_of<BadInput>([&] { Loader(data, {.reference = {true}}, 4, 1); });
  EXPECT_TRUE(contains(message, "counting") && contains(message, "needs reference examples")) << message;
  EXPECT_TRUE(contains(message, "--reference DIR")) << message;
}

TEST(Loader, RefusesABatchLargerThanTheSet) {
  const Counting data(10, 3);
  const std::string unlabelled = message_of<BadInput>([&] { Loader(data, {}, 11, 1); });
  EXPECT_TRUE(contains(unlabelled, "11 unlabelled") && contains(unlabelled, "batch=10")) << unlabelled;
  const std::string reference = message_of<BadInput>([&] { Loader(data, {.reference = {true}}, 4, 1); });
  EXPECT_TRUE(contains(reference, "4 reference") && contains(reference, "batch=3")) << reference;
  EXPECT_NO_THROW(Loader(data, {}, 10, 1));
  EXPECT_THROW(Loader(data, {}, 0, 1), BadInput);
  EXPECT_TRUE(contains(message_of<BadInput>([&] { Loader(Counting(0, 0), {}, 4, 1); }), "--unlabelled DIR"));
}

}  // namespace
}  // namespace refract
