#include "refract/nn/deformable_pca.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/rot90.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

namespace refract {
namespace {

constexpr double kGain = 0.5;  // of an untrained one

Tensor parameter(const DeformablePca& pca, const std::string& name) {
  return pca.named_parameters()[name];
}

// What an 8x8 image becomes by rotation, log scale, shift to the right and downwards.
Tensor deformed(const Tensor& image, const std::vector<double>& by) {
  const at::NoGradGuard no_grad;
  const DeformablePca pca(Space::square(1, 8), 4, 1);
  parameter(pca, "basis").zero_();
  parameter(pca, "mean").copy_(image.flatten());
  const Tensor codes = at::zeros({1, 5});
  for (size_t i = 0; i < by.size(); ++i) codes[0][static_cast<int64_t>(i)] = by[i] / kGain;
  return pca.forward(codes)[0][0];
}

Tensor picture() {
  at::manual_seed(4);
  Tensor image = at::zeros({8, 8});
  image.slice(0, 2, 6).slice(1, 2, 6).copy_(at::rand({4, 4}));  // black around it, so that nothing leaves the image
  return image;
}

TEST(DeformablePca, WithoutDeformationImagesAreSumsOfTheBasis) {
  const at::NoGradGuard no_grad;
  at::manual_seed(3);
  for (const int64_t deformations : {0, 2}) {
    const DeformablePca pca(Space::square(2, 4), deformations, 3);
    parameter(pca, "mean").uniform_();
    const Tensor codes = at::zeros({5, deformations + 3});
    codes.slice(1, deformations).uniform_();
    const Tensor images = pca.forward(codes);
    ASSERT_EQ(images.sizes().vec(), (std::vector<int64_t>{5, 2, 4, 4}));
    for (int64_t n = 0; n < 5; ++n) {
      Tensor expected = parameter(pca, "mean").clone();
      for (int64_t k = 0; k < 3; ++k) expected += codes[n][deformations + k] * parameter(pca, "basis")[k];
      EXPECT_TRUE(images[n].allclose(expected.view({2, 4, 4}), 1e-5, 1e-6)) << deformations;
    }
  }
}

TEST(DeformablePca, AQuarterTurnIsAQuarterTurn) {
  const Tensor turned = deformed(picture(), {std::numbers::pi / 2});
  EXPECT_TRUE(turned.allclose(at::rot90(picture(), -1), 1e-4, 1e-5)) << "from the right downwards";
}

TEST(DeformablePca, ShiftsAreInHalvesOfTheImage) {
  EXPECT_TRUE(deformed(picture(), {0, 0, 0.5, -0.25}).allclose(picture().roll({-1, 2}, {0, 1}), 1e-4, 1e-5));
}

// Turned first, then shifted: where the shift goes does not depend on the rotation.
TEST(DeformablePca, RotationComesBeforeTheShift) {
  const Tensor expected = at::rot90(picture(), -1).roll({1, 2}, {0, 1});
  EXPECT_TRUE(deformed(picture(), {std::numbers::pi / 2, 0, 0.5, 0.25}).allclose(expected, 1e-4, 1e-5));
}

TEST(DeformablePca, ScaleEnlarges) {
  const Tensor ramp = at::arange(8, at::kFloat).expand({8, 8}) - 3.5;  // of slope 1 around the middle
  EXPECT_TRUE(deformed(ramp, {0, std::log(2.0)}).allclose(ramp / 2, 1e-4, 1e-5));
}

TEST(DeformablePca, WhatComesFromOutsideIsBlack) {
  const Tensor shifted = deformed(at::ones({8, 8}), {0, 0, 1});
  EXPECT_EQ(shifted.slice(1, 0, 4).abs().max().item<double>(), 0);
  EXPECT_NEAR(shifted.slice(1, 4).min().item<double>(), 1, 1e-5);
}

TEST(DeformablePca, OverlapIsThatOfDifferentBasisImages) {
  const at::NoGradGuard no_grad;
  const DeformablePca pca(Space::square(1, 2), 1, 3);
  parameter(pca, "basis").copy_(at::tensor(std::vector<double>{1, 0, 2, 0, 3, 0, 0, 0, 0, 5, 0, 7}).view({3, 4}));
  EXPECT_NEAR(pca.overlap().item<double>(), 2 * 9, 1e-5);  // 1 * 3 of the first two; the third is orthogonal to both
}

}  // namespace
}  // namespace refract
