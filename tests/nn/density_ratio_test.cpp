#include "refract/nn/density_ratio.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include <cmath>

namespace refract {
namespace {

// q = N(1, 1) and p = N(0, 1) have log q/p = x - 1/2 and a symmetric KL divergence of 1/2 + 1/2.
TEST(DensityRatio, LogisticRegressionFindsTheKnownRatioOfTwoGaussians) {
  at::manual_seed(5);
  const int64_t n = 200000;
  const Tensor x = at::cat({at::randn({n}, at::kDouble) + 1, at::randn({n}, at::kDouble)});
  const Tensor slope = at::zeros({}, at::kDouble).requires_grad_();
  const Tensor offset = at::zeros({}, at::kDouble).requires_grad_();
  for (int i = 0; i < 300; ++i) {
    const auto gradients = torch::autograd::grad({ratio_loss(slope * x + offset)}, {slope, offset});
    const at::NoGradGuard no_grad;
    slope.sub_(4 * gradients[0]);
    offset.sub_(4 * gradients[1]);
  }
  EXPECT_NEAR(slope.item<double>(), 1.0, 0.02);
  EXPECT_NEAR(offset.item<double>(), -0.5, 0.02);
  EXPECT_NEAR(symmetric_divergence(slope * x + offset).item<double>(), 1.0, 0.03);
}

TEST(DensityRatio, KnowingNothingCostsLogTwo) {
  EXPECT_NEAR(ratio_loss(at::zeros({6})).item<double>(), std::log(2.0), 1e-6);
  EXPECT_EQ(symmetric_divergence(at::zeros({6})).item<double>(), 0);
}

}  // namespace
}  // namespace refract
