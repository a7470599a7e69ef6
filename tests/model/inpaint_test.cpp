// Filling in what a model does not see, on models whose codes are known.
#include "refract/model/inpaint.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/full.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numbers>

#include "refract/core/errors.h"
#include "refract/data/files/mask.h"
#include "refract/model/code_search.h"
#include "tests/support/fakes.h"
#include "tests/support/surroundings.h"

namespace refract {
namespace {

using testing_support::contains;
using testing_support::message_of;

double widest_gap(const Tensor& a, const Tensor& b) {
  return (a - b).abs().max().item<double>();
}

// Gray pictures [N, channels, 8, 8] with these left and right halves.
Tensor of_halves(const std::vector<double>& left, const std::vector<double>& right, int64_t channels = 3) {
  const auto fill = [&](const std::vector<double>& gray) {
    return at::tensor(gray, at::kFloat).view({-1, 1, 1, 1}).expand({-1, channels, 8, 4});
  };
  return at::cat({fill(left), fill(right)}, 3);
}

// The same with upper and lower halves, of one channel.
Tensor upper_and_lower(const std::vector<double>& upper, const std::vector<double>& lower) {
  return of_halves(upper, lower, 1).transpose(2, 3).contiguous();
}

Tensor hidden(const std::string& mask, const Model& model) {
  return hidden_pixels(mask, model.space());
}

InpaintSettings by_encoding(int64_t rounds) {
  return {.by = Inpainting::encoding, .rounds = rounds};
}

TEST(Inpaint, FindsTheCodeOfTheVisiblePartAndLeavesTheOtherToThePrior) {
  const fakes::FakeModel model = fakes::halves();
  const Tensor images = of_halves({0.5, -0.7}, {0.3, 0.4});
  const Inpainted found = inpaint(model, images, hidden("right-half", model));
  EXPECT_LT(widest_gap(found.codes.at(0), at::tensor(std::vector<float>{0.5F, -0.7F}).unsqueeze(1).expand({2, 3})),
            0.02);
  EXPECT_LT(found.codes.at(1).abs().max().item<double>(), 0.05) << "the mean of the prior";
  EXPECT_LT(widest_gap(found.filled, of_halves({0.5, -0.7}, {0, 0})), 0.05);
}

TEST(Inpaint, VisibleValuesAreExactlyThoseOfThePicture) {
  const fakes::FakeModel model = fakes::halves();
  const fakes::Source data(0, 0, {{Split::score, 5}});
  const Tensor images = data.examples(Split::score, {0, 1, 2, 3, 4});
  for (const InpaintSettings& settings : {InpaintSettings{.steps = 5}, by_encoding(2)}) {
    const Tensor mask = hidden("bottom-half", model);
    const Inpainted found = inpaint(model, images, mask, settings);
    EXPECT_TRUE(found.filled.slice(2, 0, 4).equal(images.slice(2, 0, 4)));
    EXPECT_TRUE(found.filled.slice(2, 4).equal(found.decoded.slice(2, 4)));
    EXPECT_FALSE(found.decoded.slice(2, 0, 4).equal(images.slice(2, 0, 4)));
  }
}

TEST(Inpaint, WhatIsHiddenMakesNoDifference) {
  const fakes::FakeModel model = fakes::halves();
  const Tensor mask = hidden("right-half", model);
  const Tensor one = of_halves({0.5}, {0.3}), other = of_halves({0.5}, {-0.9});
  for (const InpaintSettings& settings : {InpaintSettings{.steps = 5}, by_encoding(2)})
    EXPECT_TRUE(inpaint(model, one, mask, settings).decoded.equal(inpaint(model, other, mask, settings).decoded));
}

TEST(Inpaint, PicturesDoNotActOnEachOther) {
  const fakes::OfClasses model;
  const Tensor images = upper_and_lower({0.4, -0.6, 0.1}, {0.2, 0.3, -0.5});
  const Tensor mask = hidden("bottom-half", model);
  const Tensor together = inpaint(model, images, mask).decoded;
  for (int64_t n = 0; n < 3; ++n)
    EXPECT_LT(widest_gap(inpaint(model, images.narrow(0, n, 1), mask).decoded[0], together[n]), 0.01) << n;
}

// The bright upper half is one of class 1, whose prior is N(0.5, 0.2^2); the dark one of class 0.
TEST(Inpaint, TheClassIsThatOfTheVisiblePart) {
  const fakes::OfClasses model;
  const Inpainted found = inpaint(model, upper_and_lower({0.6, -0.55}, {0.9, 0.9}), hidden("bottom-half", model));
  EXPECT_TRUE(found.codes.at(0).equal(at::tensor(std::vector<float>{0, 1, 1, 0}).view({2, 2})));
  EXPECT_NEAR(found.codes.at(1)[0].item<double>(), 0.6, 0.02);
  EXPECT_NEAR(found.codes.at(1)[1].item<double>(), -0.55, 0.02);
  EXPECT_LT(found.codes.at(2).abs().max().item<double>(), 0.05);
}

// Where nothing of a class is visible, the densest prior wins: N(-0.5, 0.1^2) of class 0, at its mean.
TEST(Inpaint, WithoutASignOfTheClassThePriorDecides) {
  const fakes::OfClasses model;
  const Inpainted found = inpaint(model, upper_and_lower({0.6, -0.4}, {0.3, -0.2}), hidden("top-half", model));
  EXPECT_TRUE(found.codes.at(0).select(1, 0).eq(1).all().item<bool>());
  EXPECT_LT(widest_gap(found.codes.at(1), at::full({2, 1}, -0.5)), 0.02);
  EXPECT_LT(widest_gap(found.codes.at(2), at::tensor(std::vector<float>{0.3F, -0.2F}).unsqueeze(1)), 0.02);
}

struct WithoutEncoder : fakes::OfClasses {
  [[nodiscard]] bool encodes() const override { return false; }
  [[nodiscard]] Codes encode(const Examples& /*examples*/) const override { throw BadInput("no encoder"); }
};

TEST(Inpaint, AModelWithoutAnEncoderStartsAtThePrior) {
  const WithoutEncoder model;
  const Tensor images = upper_and_lower({0.6, -0.55}, {0.9, 0.9});
  const Inpainted found = inpaint(model, images, hidden("bottom-half", model));
  EXPECT_TRUE(found.codes.at(0).equal(at::tensor(std::vector<float>{0, 1, 1, 0}).view({2, 2})));
  EXPECT_NEAR(found.codes.at(1)[0].item<double>(), 0.6, 0.02);
  EXPECT_TRUE(contains(
      message_of<BadInput>([&] { inpaint(model, images, hidden("bottom-half", model), by_encoding(1)); }), "encoder"));
}

// 32 visible pixels in the upper half; log-densities of Gaussians, and log(1/2) of the class.
TEST(Inpaint, TheObjectiveIsTheNegativeLogOfTheJointDensity) {
  const fakes::OfClasses model;
  const Tensor images = upper_and_lower({0.6}, {0.9});
  const Tensor visible = hidden("bottom-half", model).logical_not().to(at::kFloat);
  const InpaintSettings settings{.scale = 0.5};
  const CodeSearch search(model, images, visible, settings);
  const Codes codes = {at::tensor(std::vector<float>{0, 1}).view({1, 2}), at::full({1, 1}, 0.4),
                       at::full({1, 1}, -2.0)};
  const auto log_normal = [](double x, double mean, double deviation) {
    const double z = (x - mean) / deviation;
    return -0.5 * z * z - std::log(deviation) - 0.5 * std::log(2 * std::numbers::pi);
  };
  const double expected = 32 * 0.2 / 0.5 - log_normal(0.4, 0.5, 0.2) - log_normal(-2, 0, 1) - std::log(0.5);
  EXPECT_NEAR(search.objective(codes).item<double>(), expected, 1e-3);
}

// Its s comes from pictures alone (Mathieu et al. 2016): nothing but the picture says what it is.
TEST(Inpaint, ABlockWithoutAPriorIsHeldByThePictureAlone) {
  const fakes::FakeModel half = fakes::halves();
  const fakes::FakeModel model{half.space(),
                               {{"s", 3, Role::target, false, false}, {"z", 3, Role::common}},
                               [&](const Tensor& x) { return half.encode(x); },
                               [&](const Codes& codes) { return half.decode(codes); }};
  const Inpainted found = inpaint(model, of_halves({0.8}, {0.2}), hidden("right-half", model));
  EXPECT_LT(widest_gap(found.codes.at(0), at::full({1, 3}, 0.8)), 0.02);
}

// The code is the mean v of all pixels, and the decoding v + 0.1 everywhere. Half is hidden: v, then v + 0.05, then
// v + 0.075.
TEST(Inpaint, EncodingFillsThePictureAgainAndAgain) {
  const fakes::FakeModel model(
      Space::square(3, 8), {{"v", 1, Role::whole}},
      [](const Tensor& x) {
        return Codes{x.mean({1, 2, 3}).unsqueeze(1)};
      },
      [](const Codes& codes) {
        return (codes.at(0) + 0.1).view({-1, 1, 1, 1}).expand({-1, 3, 8, 8});
      });
  const Tensor images = of_halves({0.2, -0.4}, {0.9, 0.9});
  const std::vector<double> code = {0, 0.05, 0.075};
  for (int64_t rounds = 1; rounds <= 3; ++rounds) {
    const Inpainted found = inpaint(model, images, hidden("right-half", model), by_encoding(rounds));
    const double more = code[static_cast<size_t>(rounds - 1)];
    EXPECT_NEAR(found.codes.at(0)[0].item<double>(), 0.2 + more, 1e-5) << rounds;
    EXPECT_NEAR(found.filled[1][0][0][7].item<double>(), -0.3 + more, 1e-5) << rounds;
  }
}

TEST(Inpaint, TellsHowFarItIs) {
  const fakes::FakeModel model = fakes::halves();
  const Tensor images = at::zeros({150, 3, 8, 8});
  int64_t last = -1;
  std::vector<int64_t> totals;
  const auto told = [&](const Progress& progress) {
    EXPECT_GE(progress.done, last);
    last = progress.done;
    totals.push_back(progress.total);
  };
  const Inpainted found = inpaint(model, images, hidden("eyes", model), {.steps = 5}, told);
  EXPECT_EQ(found.filled.size(0), 150);
  EXPECT_EQ(found.codes.at(1).size(0), 150);
  EXPECT_EQ(last, 150);
  EXPECT_GE(totals.size(), 3U * 5) << "steps of slices";
  EXPECT_EQ(totals.back(), 150);
}

// What a command says of the time before it begins.
TEST(Inpaint, ItsWorkIsThatOfItsSteps) {
  const fakes::FakeModel model = fakes::halves(), blind = fakes::blind(Space::square(3, 8));
  EXPECT_EQ(decodings_to_fill(model, {.steps = 100, .rounds = 5}), 300 + 10);
  EXPECT_EQ(decodings_to_fill(blind, {.steps = 100, .rounds = 5}), 300) << "without an encoder";
  EXPECT_EQ(decodings_to_fill(model, {.by = Inpainting::encoding, .steps = 100, .rounds = 5}), 10);
  const fakes::OfClasses classes;  // two
  EXPECT_EQ(decodings_to_fill(classes, {.steps = 100, .starts = 4, .rounds = 5}), 2 * 300 + 2 + 10);
  EXPECT_EQ(decodings_to_fill(classes, {.steps = 100, .starts = 1, .rounds = 5}), 300 + 2 + 10);
}

TEST(Inpaint, HiddenErrorIsTheMeanOverHiddenValues) {
  const fakes::FakeModel model = fakes::halves();
  const Tensor mask = hidden("right-half", model);
  const Tensor error = hidden_error(of_halves({0, 0}, {0.5, -0.5}), of_halves({0.9, 0.9}, {0.25, 0.5}), mask);
  EXPECT_EQ(error.scalar_type(), at::kDouble);
  EXPECT_NEAR(error[0].item<double>(), 0.25, 1e-6);
  EXPECT_NEAR(error[1].item<double>(), 1, 1e-6);
}

TEST(Inpaint, RefusesWhatItCannotFill) {
  const fakes::FakeModel model = fakes::halves();
  const Tensor mask = hidden("right-half", model);
  const Tensor images = at::zeros({1, 3, 8, 8});
  EXPECT_THROW(inpaint(model, at::zeros({1, 1, 8, 8}), mask), BadInput);
  EXPECT_THROW(inpaint(model, at::zeros({0, 3, 8, 8}), mask), BadInput);
  EXPECT_THROW(inpaint(model, images, mask.to(at::kFloat)), BadInput);
  EXPECT_THROW(inpaint(model, images, at::zeros({1, 4, 4}, at::kBool)), BadInput);

  const fakes::FakeModel rows(
      Space::row(4), {{"z", 4, Role::whole}}, [](const Tensor& x) { return Codes{x}; },
      [](const Codes& codes) { return codes.at(0); });
  EXPECT_TRUE(contains(message_of<BadInput>([&] { inpaint(rows, images, mask); }), "rows of 4 numbers"));

  const fakes::FakeModel diverged(
      model.space(), model.blocks(),
      [](const Tensor& x) {
        const Tensor nan = at::full({x.size(0), 3}, std::numeric_limits<float>::quiet_NaN());
        return Codes{nan, nan};
      },
      [&model](const Codes& codes) { return model.decode(codes); });
  EXPECT_TRUE(contains(message_of<BadInput>([&] { inpaint(diverged, images, mask); }), "finite"));

  EXPECT_EQ(inpainting_named("encoding"), Inpainting::encoding);
  EXPECT_TRUE(contains(message_of<BadInput>([] { inpainting_named("encode"); }), "encoding"));
}

}  // namespace
}  // namespace refract
