#include "refract/eval/similarity.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/full.h>
#include <gtest/gtest.h>

#include <cmath>

#include "refract/core/errors.h"

namespace refract {
namespace {

Tensor places(int64_t side) {
  return at::arange(side, at::kLong);
}

// (3 i + 5 j) % 256 in row i and column j: [1, 1, side, side] float64.
Tensor ramps(int64_t side) {
  return (3 * places(side).unsqueeze(1) + 5 * places(side)).remainder(256).to(at::kDouble).view({1, 1, side, side});
}

// The same with a chequered pattern of 4x4 squares on it.
Tensor chequered(int64_t side) {
  const Tensor squares = places(side).div(4, "floor");
  const Tensor pattern = (squares.unsqueeze(1) + squares).remainder(2).to(at::kDouble);
  return (ramps(side) + 40 * pattern).clamp(0, 255);
}

Tensor parabolas(int64_t side) {
  const Tensor i = places(side).unsqueeze(1);
  return (i * i + 2 * places(side)).remainder(256).to(at::kDouble).view({1, 1, side, side});
}

double likeness_of(const Tensor& a, const Tensor& b) {
  return ms_ssim(a, b).item<double>();
}

// Of an implementation that gives the numbers of the authors' MATLAB code for a published pair.
TEST(MsSsim, HasTheValuesOfThePublishedCode) {
  EXPECT_NEAR(likeness_of(ramps(176), chequered(176)), 0.856542, 1e-6);
  EXPECT_NEAR(likeness_of(ramps(64), chequered(64)), 0.873173, 1e-6);
  EXPECT_NEAR(likeness_of(ramps(32), chequered(32)), 0.770180, 1e-6);
  EXPECT_NEAR(likeness_of(ramps(176), parabolas(176)), 0.071183, 1e-6);
  EXPECT_NEAR(likeness_of(at::full({1, 1, 176, 176}, 100.0), at::full({1, 1, 176, 176}, 150.0)), 0.989389224814, 1e-11);
}

// By loops over pixels, written apart from this code.
TEST(MsSsim, OddAndSmallSidesHaveAllScales) {
  EXPECT_NEAR(likeness_of(ramps(28), chequered(28)), 0.755504532942, 1e-9);
  EXPECT_NEAR(likeness_of(ramps(8), chequered(8)), 0.498775119482, 1e-9);
}

TEST(MsSsim, IsOneForEqualPicturesAndSymmetric) {
  EXPECT_NEAR(likeness_of(parabolas(40), parabolas(40)), 1, 1e-12);
  EXPECT_NEAR(likeness_of(parabolas(40), ramps(40)), likeness_of(ramps(40), parabolas(40)), 1e-12);
}

TEST(MsSsim, ColoursAreAveragedAndPairsAreApart) {
  const Tensor a = at::cat({ramps(32), parabolas(32), ramps(32)}, 1);
  const Tensor b = at::cat({chequered(32), ramps(32), ramps(32)}, 1);
  const double mean = (likeness_of(ramps(32), chequered(32)) + likeness_of(parabolas(32), ramps(32)) + 1) / 3;
  const Tensor two = ms_ssim(at::cat({a, a}), at::cat({b, a}));
  EXPECT_EQ(two.scalar_type(), at::kDouble);
  EXPECT_NEAR(two[0].item<double>(), mean, 1e-9);
  EXPECT_NEAR(two[1].item<double>(), 1, 1e-12);
}

TEST(Ssim, IsOneScale) {
  const double constant = (0.01 * 255) * (0.01 * 255);
  const double luminance = (2.0 * 100 * 150 + constant) / (100.0 * 100 + 150.0 * 150 + constant);
  EXPECT_NEAR(ssim(at::full({1, 1, 9, 12}, 100), at::full({1, 1, 9, 12}, 150)).item<double>(), luminance, 1e-12);
  EXPECT_NEAR(ssim(ramps(32), chequered(32)).item<double>(), 0.338160020631, 1e-9);
}

TEST(Ssim, OtherShapesAreRefused) {
  EXPECT_THROW(ssim(ramps(8), ramps(9)), BadInput);
  EXPECT_THROW(ms_ssim(ramps(8)[0], ramps(8)[0]), BadInput);
}

TEST(GrayLevels, SpanTheRange) {
  const Tensor levels = gray_levels(at::arange(-2, 3, at::kFloat));
  EXPECT_EQ(levels[0].item<float>(), 0);
  EXPECT_EQ(levels[1].item<float>(), 0);
  EXPECT_EQ(levels[2].item<float>(), 127.5F);
  EXPECT_EQ(levels[4].item<float>(), 255);
}

}  // namespace
}  // namespace refract
