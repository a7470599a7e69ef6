// Exchanges of blocks on a model whose left half is e and whose right half is z.
#include "refract/model/manipulate.h"

#include <ATen/ops/full.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "refract/core/errors.h"
#include "tests/support/fakes.h"
#include "tests/support/surroundings.h"

namespace refract {
namespace {

using testing_support::contains;
using testing_support::message_of;

const fakes::FakeModel& model() {
  static const fakes::FakeModel made = fakes::halves();
  return made;
}

// Image n is coloured left[n] and right[n], in every channel.
Tensor images(const std::vector<double>& left, const std::vector<double>& right) {
  const auto code = [](const std::vector<double>& values) {
    return at::tensor(values, at::kFloat).unsqueeze(1).expand({-1, 3});
  };
  return model().decode({code(left), code(right)});
}

Tensor left(const Tensor& x) {
  return x.slice(-1, 0, 4);
}
Tensor right(const Tensor& x) {
  return x.slice(-1, 4);
}
double distance(const Tensor& a, const Tensor& b) {
  return (a - b).abs().max().item<double>();
}

TEST(Manipulate, ReconstructsWhatTheModelCanExpress) {
  const Tensor x = images({0.5, -0.5}, {0.1, 0.9});
  EXPECT_LT(distance(reconstruct(model(), x), x), 1e-6);
}

TEST(Manipulate, NeutralizeSetsTheTargetBlockToTheReferenceCode) {
  const Tensor x = images({0.5, -0.5}, {0.1, 0.9});
  EXPECT_LT(distance(neutralize(model(), x), images({0.25, 0.25}, {0.1, 0.9})), 1e-6);
  EXPECT_FALSE(neutralize(fakes::whole(), x).defined());
}

TEST(Manipulate, TransferTakesTargetsAlongColumnsAndCommonsAlongRows) {
  const Tensor target = images({0.1, 0.2, 0.3}, {-1, -1, -1});
  const Tensor common = images({0.9, 0.9}, {-0.4, -0.6});
  const Tensor table = transfer(model(), target, common);
  ASSERT_EQ(table.sizes(), (std::vector<int64_t>{2, 3, 3, 8, 8}));
  for (int64_t b = 0; b < 2; ++b)
    for (int64_t a = 0; a < 3; ++a) {
      EXPECT_LT(distance(left(table[b][a]), left(target[a])), 1e-6);
      EXPECT_LT(distance(right(table[b][a]), right(common[b])), 1e-6);
    }
}

TEST(Manipulate, SynthesisKeepsTheCommonBlockAndSharesTargetsDownColumns) {
  const Tensor x = images({0.5, -0.5}, {0.1, 0.9});
  const Tensor table = synthesize(model(), x, 4, 7);
  ASSERT_EQ(table.sizes(), (std::vector<int64_t>{2, 4, 3, 8, 8}));
  for (int64_t m = 0; m < 4; ++m) {
    EXPECT_LT(distance(left(table[0][m]), left(table[1][m])), 1e-6);
    for (int64_t n = 0; n < 2; ++n) EXPECT_LT(distance(right(table[n][m]), right(x[n])), 1e-6);
  }
  EXPECT_GT(distance(left(table[0][0]), left(table[0][1])), 1e-3);
  EXPECT_EQ(distance(table, synthesize(model(), x, 4, 7)), 0);
  EXPECT_GT(distance(table, synthesize(model(), x, 4, 8)), 1e-3);
}

TEST(Manipulate, AnyBlockIsExchangedOrDrawn) {
  const Tensor x = images({0.5, -0.5}, {0.1, 0.9}), y = images({0.2, 0.3, 0.4}, {-0.1, -0.2, -0.3});
  const Tensor swapped = transfer(model(), y, x, 1);
  ASSERT_EQ(swapped.sizes(), (std::vector<int64_t>{2, 3, 3, 8, 8}));
  const Tensor drawn = synthesize(model(), x, 3, 7, 1);
  for (int64_t n = 0; n < 2; ++n)
    for (int64_t m = 0; m < 3; ++m) {
      EXPECT_LT(distance(left(swapped[n][m]), left(x[n])), 1e-6);
      EXPECT_LT(distance(right(swapped[n][m]), right(y[m])), 1e-6);
      EXPECT_LT(distance(left(drawn[n][m]), left(x[n])), 1e-6);
      EXPECT_LT(distance(right(drawn[n][m]), right(drawn[0][m])), 1e-6);
    }
  EXPECT_GT(distance(right(drawn[0][0]), right(drawn[0][1])), 1e-3);
  EXPECT_EQ(distance(synthesize(model(), x, 3, 7, 0), synthesize(model(), x, 3, 7)), 0);
  EXPECT_EQ(distance(transfer(model(), y, x, 0), transfer(model(), y, x)), 0);
}

TEST(Manipulate, ABlockIsFoundByItsNameOrByItsRole) {
  EXPECT_EQ(exchanged_block(model(), ""), 0U);
  EXPECT_EQ(exchanged_block(model(), "z"), 1U);
  EXPECT_EQ(exchanged_block(fakes::OfClasses(), ""), 2U);
  EXPECT_THROW(exchanged_block(model(), "y"), BadInput);
  EXPECT_TRUE(contains(message_of<BadInput>([] { exchanged_block(fakes::whole(), "code"); }), "only code (whole)"));
}

// Mathieu's s comes from images alone.
TEST(Manipulate, OnlyABlockWithAPriorIsDrawn) {
  const fakes::FakeModel half = fakes::halves();
  const fakes::FakeModel without{half.space(),
                                 {{"s", 3, Role::target, false, false}, {"z", 3, Role::common}},
                                 [&](const Tensor& x) { return half.encode(x); },
                                 [&](const Codes& codes) { return half.decode(codes); }};
  const Tensor x = images({0.5, -0.5}, {0.1, 0.9});
  const std::string refusal = "no prior for its block s";
  EXPECT_TRUE(contains(lacks_synthesis(without), refusal));
  EXPECT_TRUE(contains(message_of<BadInput>([&] { synthesize(without, x, 2, 1); }), refusal));
  EXPECT_TRUE(contains(message_of<BadInput>([&] { synthesize(without, x, 2, 1, 0); }), refusal));
  const Tensor drawn = synthesize(without, x, 2, 1, 1);
  EXPECT_LT(distance(left(drawn[1][0]), left(x[1])), 1e-6);
  EXPECT_GT(distance(right(drawn[1][0]), right(drawn[1][1])), 1e-3);
}

// Of one image with a bright upper half and one with a dark one: noise of one column, priors of two classes.
TEST(Manipulate, APriorThatDependsOnAClassIsThatOfTheImagesClass) {
  const fakes::OfClasses model;
  const Tensor gray = at::tensor(std::vector<float>{-0.5F, 0.75F}).view({2, 1, 1, 1}).expand({2, 1, 8, 8});
  const Codes columns = prior_columns(model, model.encode(gray), 1, 5, 3);
  EXPECT_FALSE(columns[0].defined());
  EXPECT_FALSE(columns[2].defined());
  ASSERT_EQ(columns[1].sizes(), (std::vector<int64_t>{2, 5, 1}));
  EXPECT_LT(distance((columns[1][0] + 0.5) / 0.1, (columns[1][1] - 0.5) / 0.2), 1e-4);
  EXPECT_GT(columns[1][0].std().item<double>(), 0.01);
  const Tensor drawn = synthesize(model, gray, 5, 3, 1);
  ASSERT_EQ(drawn.sizes(), (std::vector<int64_t>{2, 5, 1, 8, 8}));
  for (int64_t n = 0; n < 2; ++n)
    for (int64_t m = 0; m < 5; ++m) {
      EXPECT_NEAR(drawn[n][m][0][0][0].item<double>(), std::clamp(columns[1][n][m].item<double>(), -1.0, 1.0), 1e-6);
      EXPECT_LT(distance(drawn[n][m].slice(1, 4), gray[n].slice(1, 4)), 1e-6);
    }
}

TEST(Manipulate, WithAClassComesWhatDependsOnIt) {
  const fakes::OfClasses model;
  const Codes columns = prior_columns(model, model.encode(at::zeros({1, 1, 8, 8})), 0, 40, 3);
  ASSERT_EQ(columns[0].sizes(), (std::vector<int64_t>{40, 2}));
  EXPECT_FALSE(columns[2].defined());
  const Tensor expected = columns[0].select(1, 1) - 0.5;  // the means of the priors
  EXPECT_LT(distance(columns[1].squeeze(1), expected), 0.9);
  EXPECT_NEAR(columns[0].select(1, 1).mean().item<double>(), 0.5, 0.4);
}

TEST(Manipulate, SamplesShareTargetsInAPanelAndCommonsAtAPosition) {
  const Tensor table = sample(model(), 3, 4, 5);
  ASSERT_EQ(table.sizes(), (std::vector<int64_t>{3, 4, 3, 8, 8}));
  EXPECT_EQ(distance(left(table).select(1, 0), left(table).select(1, 3)), 0);
  EXPECT_EQ(distance(right(table)[0], right(table)[2]), 0);
  EXPECT_GT(distance(left(table)[0], left(table)[1]), 1e-3);
  EXPECT_GT(distance(right(table).select(1, 0), right(table).select(1, 1)), 1e-3);
}

// A model with a prior of its own is drawn from that.
TEST(Manipulate, SamplesComeFromTheModelsPrior) {
  struct Constant : fakes::FakeModel {
    using FakeModel::FakeModel;
    [[nodiscard]] Gaussian prior(size_t /*block*/) const override {
      return {at::full({1, 3 * 8 * 8}, 0.25), at::full({1, 3 * 8 * 8}, -80)};
    }
  };
  const Constant model{Space::square(3, 8),
                       {{"code", 3 * 8 * 8, Role::whole}},
                       [](const Tensor& x) { return Codes{x.flatten(1)}; },
                       [](const Codes& codes) {
                         return codes.at(0).reshape({-1, 3, 8, 8});
                       }};
  EXPECT_LT((sample(model, 2, 3, 1) - 0.25).abs().max().item<float>(), 1e-6);
}

TEST(Manipulate, SamplesOfOneBlockAreAllDifferent) {
  const Tensor table = sample(fakes::whole(), 2, 2, 5).flatten(0, 1);
  for (int64_t i = 0; i < 4; ++i)
    for (int64_t j = 0; j < i; ++j) EXPECT_GT(distance(table[i], table[j]), 1e-3);
}

TEST(Manipulate, InterpolationMovesOneBlockInAStraightLine) {
  const Tensor from = images({0.0, 0.5}, {0.1, 0.9});
  const Tensor to = images({0.8, -0.5}, {-1, -1});
  const Tensor frames = interpolate(model(), from, to, 0, {0, 0.25, 1});
  ASSERT_EQ(frames.sizes(), (std::vector<int64_t>{3, 2, 3, 8, 8}));
  EXPECT_LT(distance(frames[0], from), 1e-6);
  EXPECT_LT(distance(frames[1], images({0.2, 0.25}, {0.1, 0.9})), 1e-6);
  EXPECT_LT(distance(frames[2], images({0.8, -0.5}, {0.1, 0.9})), 1e-6);
}

TEST(Manipulate, AGridMovesTwoPartsOfTheCodeIndependently) {
  const Codes from = model().encode(images({0.0}, {0.1})), to = model().encode(images({0.8}, {-0.5}));
  const Tensor grid = interpolation_grid(model(), from, to, blocks_across(model()), 4);
  ASSERT_EQ(grid.sizes(), (std::vector<int64_t>{5, 5, 3, 8, 8}));
  for (int64_t i = 0; i < 5; ++i)
    for (int64_t j = 0; j < 5; ++j) {
      const Tensor expected = images({0.2 * static_cast<double>(j)}, {0.1 - 0.15 * static_cast<double>(i)});
      EXPECT_LT(distance(grid[i][j], expected[0]), 1e-6) << i << " " << j;
    }
}

TEST(Manipulate, AGridKnowsWhatMovesAcross) {
  const fakes::OfClasses classes;
  EXPECT_EQ(blocks_across(model()), std::vector<size_t>{0});
  EXPECT_EQ(blocks_across(model(), "z"), std::vector<size_t>{1});
  EXPECT_EQ(blocks_across(classes), (std::vector<size_t>{0, 1})) << "the class-independent block moves down";
  EXPECT_EQ(blocks_across(classes, "z"), std::vector<size_t>{2});
  EXPECT_TRUE(contains(message_of<BadInput>([] { blocks_across(fakes::whole()); }), "code (whole)"));
  EXPECT_THROW(blocks_across(model(), "y"), BadInput);
}

TEST(Manipulate, TraversalsMoveOneDimension) {
  const Tensor x = images({0.0, 0.5}, {0.1, 0.9});
  const Tensor moved = traverse(model(), x, 1, 2, at::tensor(std::vector<float>{-1, 0.25}));
  ASSERT_EQ(moved.sizes(), (std::vector<int64_t>{2, 2, 3, 8, 8}));
  for (int64_t t = 0; t < 2; ++t) {
    Tensor expected = x.clone();
    expected.select(1, 2).slice(2, 4).fill_(t == 0 ? -1 : 0.25);
    EXPECT_LT(distance(moved.select(1, t), expected), 1e-6);
  }
}

TEST(Manipulate, InAModelOfClassesTheClassStays) {
  const fakes::OfClasses model;
  const Tensor gray = at::tensor(std::vector<float>{-0.5F, 0.75F}).view({2, 1, 1, 1}).expand({2, 1, 8, 8});
  const Tensor mixed = transfer(model, gray, gray);
  ASSERT_EQ(mixed.sizes(), (std::vector<int64_t>{2, 2, 1, 8, 8}));
  for (int64_t row = 0; row < 2; ++row)
    for (int64_t column = 0; column < 2; ++column) {
      EXPECT_LT(distance(mixed[row][column].slice(1, 0, 4), gray[row].slice(1, 0, 4)), 1e-6);
      EXPECT_LT(distance(mixed[row][column].slice(1, 4), gray[column].slice(1, 4)), 1e-6);
    }
}

// A class without what depends on it would be a contradiction (Zheng and Sun 2019, Fig. 6).
TEST(Manipulate, AClassIsTransferredWithWhatDependsOnIt) {
  const fakes::OfClasses model;
  EXPECT_EQ(with_dependents(model, 0), (std::vector<size_t>{0, 1}));
  EXPECT_EQ(with_dependents(model, 1), std::vector<size_t>{1});
  EXPECT_EQ(joined_names(model, {0}), "c");
  EXPECT_EQ(joined_names(model, {0, 1}), "c and u");
  EXPECT_EQ(joined_names(model, {0, 1, 2}), "c, u and z");
  const Tensor gray = at::tensor(std::vector<float>{-0.5F, 0.75F}).view({2, 1, 1, 1}).expand({2, 1, 8, 8});
  const Tensor mixed = transfer(model, gray, gray, 0);
  for (int64_t row = 0; row < 2; ++row)
    for (int64_t column = 0; column < 2; ++column) {
      EXPECT_LT(distance(mixed[row][column].slice(1, 0, 4), gray[column].slice(1, 0, 4)), 1e-6);
      EXPECT_LT(distance(mixed[row][column].slice(1, 4), gray[row].slice(1, 4)), 1e-6);
    }
}

TEST(Manipulate, AModelWithoutAnEncoderIsRefused) {
  struct Blind : fakes::FakeModel {
    using FakeModel::FakeModel;
    [[nodiscard]] bool encodes() const override { return false; }
  };
  const Blind blind{model().space(), model().blocks(), {}, [](const Codes& codes) { return model().decode(codes); }};
  EXPECT_TRUE(contains(message_of<BadInput>([&] { reconstruct(blind, images({0.5}, {0.1})); }), "no encoder"));
  EXPECT_EQ(sample(blind, 2, 3, 1).sizes(), (std::vector<int64_t>{2, 3, 3, 8, 8}));
}

// A classifier has neither priors nor a generator: what it lacks most is named.
TEST(Manipulate, AModelWithoutAGeneratorIsNotSampled) {
  const fakes::FakeModel mute{
      model().space(), {{"s", 3, Role::target, false, false}}, [](const Tensor& x) { return model().encode(x); }};
  const std::string refusal = message_of<BadInput>([&] { sample(mute, 2, 3, 1); });
  EXPECT_TRUE(contains(refusal, "no generator")) << refusal;
}

TEST(Manipulate, RefusesImagesAndModelsThatDoNotFit) {
  const Tensor x = images({0.5}, {0.1});
  EXPECT_THROW(reconstruct(model(), at::zeros({2, 1, 8, 8})), BadInput);
  EXPECT_THROW(reconstruct(model(), at::zeros({2, 3, 16, 16})), BadInput);
  EXPECT_THROW(reconstruct(model(), at::zeros({0, 3, 8, 8})), BadInput);
  EXPECT_THROW(transfer(fakes::whole(), x, x), BadInput);
  EXPECT_THROW(synthesize(fakes::whole(), x, 2, 1), BadInput);
  EXPECT_THROW(interpolate(model(), x, images({0, 0}, {0, 0}), 0, {0}), BadInput);
}

}  // namespace
}  // namespace refract
