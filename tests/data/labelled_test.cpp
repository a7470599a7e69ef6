#include "refract/data/labelled.h"

#include <ATen/ops/equal.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "refract/core/errors.h"
#include "refract/data/loader.h"
#include "tests/data/support.h"

namespace refract {
namespace {

using testing_support::contains;
using testing_support::message_of;

// Image i is i everywhere. Its first attribute is i % 3, but unknown where i % 10 is 0; the second is i % 2, but
// unknown below image 20.
class Labelled final : public DataSource {
 public:
  explicit Labelled(int64_t count, bool first_is_identity = false) : count_(count) {
    info_.name = "labelled";
    info_.space = Space::square(1, 2);
    info_.attributes = {{"shape", {"square", "ellipse", "heart"}}, {"parity", {"even", "odd"}}};
    info_.attributes[0].identity = first_is_identity;
  }
  [[nodiscard]] const DataInfo& info() const override { return info_; }
  [[nodiscard]] int64_t count(Split split) const override { return split == Split::unlabelled ? count_ : 0; }
  [[nodiscard]] Tensor examples(Split /*split*/, const Indices& indices) const override {
    return at::tensor(indices, at::kFloat).reshape({-1, 1, 1, 1}).expand({-1, 1, 2, 2}).contiguous();
  }
  [[nodiscard]] Tensor attributes(Split /*split*/, const Indices& indices) const override {
    std::vector<int64_t> rows;
    for (const int64_t i : indices) {
      rows.push_back(i % 10 == 0 ? -1 : i % 3);
      rows.push_back(i < 20 ? -1 : i % 2);
    }
    return at::tensor(rows, at::kLong).reshape({-1, 2});
  }

 private:
  DataInfo info_;
  int64_t count_;
};

class Unlabelled final : public DataSource {
 public:
  Unlabelled() { info_.name = "bare"; }
  [[nodiscard]] const DataInfo& info() const override { return info_; }
  [[nodiscard]] int64_t count(Split split) const override { return split == Split::unlabelled ? 9 : 0; }
  [[nodiscard]] Tensor examples(Split /*split*/, const Indices& indices) const override {
    return at::zeros({static_cast<int64_t>(indices.size()), 1, 2, 2});
  }

 private:
  DataInfo info_;
};

std::vector<int64_t> numbers(const Tensor& images) {
  const Tensor flat = images.select(3, 0).select(2, 0).flatten().to(at::kLong).contiguous();
  return {flat.data_ptr<int64_t>(), flat.data_ptr<int64_t>() + flat.numel()};
}

TEST(DescriptiveColumns, AreThoseThatAreNoIdentity) {
  DataInfo info;
  EXPECT_TRUE(descriptive_columns(info).empty());
  info.classes = {"cat", "dog"};
  EXPECT_EQ(descriptive_columns(info), std::vector<int64_t>{0});
  info.attributes = {{"toy", {"cat 1", "dog 1"}, true}, {"kind", {"cat", "dog"}}, {"colour", {"red", "blue"}}};
  EXPECT_EQ(descriptive_columns(info), (std::vector<int64_t>{1, 2}));
  info.attributes.resize(1);
  EXPECT_EQ(descriptive_columns(info), std::vector<int64_t>{0}) << "what is nothing but identities";
}

TEST(DrawLabelled, BalancesTheClassesOfTheFirstAttribute) {
  const Labelled data(120);
  const Indices drawn = draw_labelled(data, 20, true, 1);
  ASSERT_EQ(drawn.size(), 20U);
  EXPECT_EQ(std::set<int64_t>(drawn.begin(), drawn.end()).size(), 20U);
  EXPECT_TRUE(std::is_sorted(drawn.begin(), drawn.end()));
  const Tensor first = data.attributes(Split::unlabelled, drawn).select(1, 0);
  EXPECT_GE(first.min().item<int64_t>(), 0);
  EXPECT_TRUE(at::equal(first.bincount(), at::tensor({7, 7, 6}, at::kLong))) << "the first classes get the rest";
}

TEST(DrawLabelled, BalancesWhatDescribesAnExample) {
  const Labelled data(60, true);
  const Indices drawn = draw_labelled(data, 10, true, 1);
  const Tensor parity = data.attributes(Split::unlabelled, drawn).select(1, 1);
  EXPECT_TRUE(at::equal(parity.bincount(), at::tensor({5, 5}, at::kLong)));
}

TEST(DrawLabelled, AtRandomTakesWhateverHasALabel) {
  const Labelled data(120);
  const Indices drawn = draw_labelled(data, 118, false, 1);  // all but images 0 and 10
  EXPECT_EQ(std::set<int64_t>(drawn.begin(), drawn.end()).size(), 118U);
  EXPECT_EQ(std::count(drawn.begin(), drawn.end(), 0) + std::count(drawn.begin(), drawn.end(), 10), 0);
  EXPECT_EQ(std::count(drawn.begin(), drawn.end(), 20), 1) << "its second attribute is known";
}

TEST(DrawLabelled, FollowsTheKey) {
  const Labelled data(600);
  for (const bool balanced : {true, false}) {
    EXPECT_EQ(draw_labelled(data, 30, balanced, 4), draw_labelled(data, 30, balanced, 4));
    EXPECT_NE(draw_labelled(data, 30, balanced, 4), draw_labelled(data, 30, balanced, 5));
  }
}

TEST(DrawLabelled, RefusesWhatThereIsNotInASentence) {
  const Labelled data(30);  // 27 with a first attribute, 28 with any
  EXPECT_NO_THROW(draw_labelled(data, 27, true, 1));
  const std::string balanced = message_of<BadInput>([&] { draw_labelled(data, 30, true, 1); });
  EXPECT_TRUE(contains(balanced, "30 labelled examples of labelled") && contains(balanced, "1 more are wanted of 's"))
      << balanced;
  const std::string any = message_of<BadInput>([&] { draw_labelled(data, 29, false, 1); });
  EXPECT_TRUE(contains(any, "28 have a label")) << any;
  const std::string none = message_of<BadInput>([&] { Loader(Unlabelled(), {.labelled = 3}, 4, 1); });
  EXPECT_TRUE(contains(none, "bare") && contains(none, "labels") && contains(none, "refract list data")) << none;
}

TEST(LabelledBatches, APassShowsEachLabelledImageOnce) {
  const Labelled data(120);
  Loader loader(data, {.labelled = 12}, 6, 5);
  EXPECT_EQ(loader.labelled(), draw_labelled(data, 12, true, mix(5, Stream::labelled)));
  std::vector<int64_t> pass;
  for (const int64_t step : {0, 1}) {
    const Batch batch = loader.at(step);
    const std::vector<int64_t> seen = numbers(batch.labelled.x);
    EXPECT_TRUE(at::equal(batch.labelled.labels, data.attributes(Split::unlabelled, seen)));
    pass.insert(pass.end(), seen.begin(), seen.end());
  }
  EXPECT_FALSE(std::is_sorted(pass.begin(), pass.end()));
  std::sort(pass.begin(), pass.end());
  EXPECT_EQ(pass, loader.labelled());
}

TEST(LabelledBatches, FewLabelsMakeASmallBatch) {
  const Labelled data(120);
  Loader loader(data, {.labelled = 3}, 8, 5);
  EXPECT_EQ(loader.at(0).main.x.size(0), 8);
  EXPECT_EQ(loader.at(1).labelled.x.sizes().vec(), (std::vector<int64_t>{3, 1, 2, 2}));
  EXPECT_EQ(loader.at(2).labelled.labels.sizes().vec(), (std::vector<int64_t>{3, 2}));
}

TEST(LabelledBatches, DependOnSeedAndStepAloneAndChangeNothingElse) {
  const Labelled data(120);
  Loader walked(data, {.labelled = 20}, 8, 5), plain(data, {}, 8, 5);
  std::vector<Batch> batches;
  for (int64_t step = 0; step < 6; ++step) batches.push_back(walked.at(step));
  Loader resumed(data, {.labelled = 20}, 8, 5);
  EXPECT_EQ(resumed.labelled(), walked.labelled());
  for (const int64_t step : {4, 1, 5}) {
    const Batch batch = resumed.at(step), expected = batches[static_cast<size_t>(step)];
    EXPECT_TRUE(at::equal(batch.labelled.x, expected.labelled.x)) << step;
    EXPECT_TRUE(at::equal(batch.labelled.labels, expected.labelled.labels)) << step;
    EXPECT_TRUE(at::equal(plain.at(step).main.x, expected.main.x)) << step;
  }
}

TEST(LabelledBatches, AreThereOnlyWhenNeeded) {
  const Labelled data(30);
  Loader loader(data, {}, 4, 1);
  const Batch batch = loader.at(0);
  EXPECT_FALSE(batch.labelled.x.defined() || batch.labelled.labels.defined());
  EXPECT_TRUE(loader.labelled().empty());
}

}  // namespace
}  // namespace refract
