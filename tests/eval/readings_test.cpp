#include "refract/eval/readings.h"

#include <ATen/ops/allclose.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/full_like.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include <cmath>

#include "tests/support/fakes.h"
#include "tests/support/surroundings.h"

namespace refract {
namespace {

using testing_support::contains;

const std::map<Split, int64_t> three_splits = {{Split::unlabelled, 400}, {Split::fit, 300}, {Split::score, 10}};

// The mean is the upper half of a picture, the variance e^-2 everywhere.
class HalfModel : public fakes::FakeModel {
 public:
  explicit HalfModel(const Space& space)
      : FakeModel(space, {{"z", space.numel() / 2, Role::whole}},
                  [](const Tensor& x) { return Codes{x.flatten(1).chunk(2, 1)[0]}; }) {}
  [[nodiscard]] Codes log_variances(const Examples& examples) const override {
    return {at::full_like(encode(examples)[0], -2)};
  }
};

TEST(Readings, LookAtAGaussianCodeInThreeWays) {
  const Space space = Space::square(1, 4);
  const fakes::Source data(0, 2, three_splits, space);
  const HalfModel model(space);
  const LabelledParts parts = labelled_parts(data, 350, 1);
  const std::vector<ProbeReading> readings = readings_of(model, data, parts, 1);
  ASSERT_EQ(readings.size(), 4U);
  const Tensor images = data.examples(Split::unlabelled, parts.fitted.rows).flatten(1);
  const Tensor mean = images.slice(1, 0, 8);
  EXPECT_TRUE(readings[1].fitted.equal(mean)) << readings[1].name;
  EXPECT_TRUE(readings[2].fitted.equal(at::cat({mean, at::full_like(mean, -2)}, 1))) << readings[2].name;
  EXPECT_TRUE(at::allclose(readings[3].fitted, images)) << readings[3].name;
  EXPECT_EQ(readings[3].validation.sizes().vec(), (std::vector<int64_t>{300, 16}));
  EXPECT_EQ(readings[3].scored.sizes().vec(), (std::vector<int64_t>{10, 16}));
  EXPECT_EQ(readings[2].block, std::optional<size_t>(0));
  EXPECT_FALSE(readings[3].block.has_value());

  const Tensor noise = readings[0].fitted - mean;
  EXPECT_NEAR(noise.mean().item<double>(), 0, 0.03);
  EXPECT_NEAR(noise.std().item<double>(), std::exp(-1), 0.02);
  const auto drawn = [&](uint64_t key) { return readings_of(model, data, parts, key)[0].fitted; };
  EXPECT_TRUE(drawn(1).equal(readings[0].fitted));
  EXPECT_FALSE(drawn(2).equal(readings[0].fitted));
}

TEST(Readings, OfAnUntrainedModelAreAllItsCodesSideBySide) {
  const Space space = Space::square(1, 4);
  const fakes::Source data(0, 2, three_splits, space);
  const HalfModel model(space);
  const fakes::FakeModel untrained = fakes::halves(space);
  const LabelledParts parts = labelled_parts(data, 350, 1);
  const std::vector<ProbeReading> readings = readings_of(model, data, parts, 1, &untrained);
  ASSERT_EQ(readings.size(), 5U);
  EXPECT_EQ(readings[3].name, "untrained encoder");
  EXPECT_FALSE(readings[3].block.has_value());
  const Tensor halves = at::cat(untrained.encode(data.examples(Split::score, parts.scored.rows)), 1);
  EXPECT_TRUE(at::allclose(readings[3].scored, halves)) << readings[3].scored;
  EXPECT_EQ(readings[3].fitted.size(0), 350);
  EXPECT_EQ(readings[4].name, "images");
  EXPECT_TRUE(readings_of(model, data, parts, 1)[0].fitted.equal(readings[0].fitted)) << "the draws are the same";
}

// Rows of 1,100 columns, the last of which varies most.
class WideRows : public fakes::Rows {
 public:
  WideRows() : Rows(three_splits, Space::row(1100)), info_(Rows::info()) { info_.classes = {"even", "odd"}; }
  [[nodiscard]] const DataInfo& info() const override { return info_; }
  [[nodiscard]] Tensor labels(Split /*split*/, const Indices& indices) const override {
    return at::tensor(indices, at::kLong).remainder(2);
  }
  [[nodiscard]] Tensor examples(Split split, const Indices& indices) const override {
    const Tensor x = Rows::examples(split, indices);
    return at::cat({x.slice(1, 0, 1099), x.slice(1, 1099) * 100}, 1);
  }

 private:
  DataInfo info_;
};

TEST(Readings, OfWideRowsKeepTheColumnsThatVaryMost) {
  const WideRows data;
  const HalfModel model(data.info().space);
  const ProbeReading rows = readings_of(model, data, labelled_parts(data, 50, 1), 1).back();
  EXPECT_EQ(rows.name, "rows");
  EXPECT_EQ(rows.fitted.sizes().vec(), (std::vector<int64_t>{50, 1024}));
  EXPECT_EQ(rows.scored.size(1), 1024);
  EXPECT_GT(rows.fitted.std(0).max().item<double>(), 50);
  EXPECT_TRUE(contains(readings_protocol(data.info().space), "1024 columns"));
}

}  // namespace
}  // namespace refract
