#include "refract/kernels/leaky_norm.h"

#include <ATen/ops/randn.h>
#include <gtest/gtest.h>

#include <vector>

namespace refract {
namespace {

using Shape = std::vector<int64_t>;

class LeakyNormShapes : public testing::TestWithParam<Shape> {};

// Values and gradients of the fused loops against plain ATen.
TEST_P(LeakyNormShapes, AgreesWithTheReference) {
  at::manual_seed(3);
  const auto run = [](const Tensor& input, const Tensor& weight, auto function) {
    const Tensor x = input.detach().clone().requires_grad_();
    const Tensor y = function(x, 0.2);
    (y * weight).sum().backward();
    return std::pair(y.detach(), x.grad());
  };
  Tensor x = at::randn(GetParam());
  const Tensor weight = at::randn(GetParam());
  for (const bool channels_last : {false, true}) {
    if (channels_last && x.dim() == 4) x = x.contiguous(at::MemoryFormat::ChannelsLast);
    const auto [fused, fused_gradient] = run(x, weight, leaky_norm);
    const auto [plain, plain_gradient] = run(x, weight, leaky_norm_reference);
    EXPECT_TRUE(fused.allclose(plain, 1e-5, 1e-6));
    EXPECT_TRUE(fused_gradient.allclose(plain_gradient, 1e-4, 1e-5));
  }
}

INSTANTIATE_TEST_SUITE_P(Random, LeakyNormShapes,
                         testing::Values(Shape{1, 1, 1, 1}, Shape{1, 3, 5, 7}, Shape{2, 16, 8, 8}, Shape{3, 17, 9, 4},
                                         Shape{1, 64, 33, 31}, Shape{4, 128, 4, 4}, Shape{5, 40}, Shape{1, 1}));

TEST(LeakyNorm, PixelsHaveUnitMeanSquare) {
  at::manual_seed(4);
  const Tensor y = leaky_norm(at::randn({2, 24, 6, 6}), 0.2);
  EXPECT_LT((y.square().mean(1) - 1).abs().max().item<float>(), 1e-5);
}

TEST(LeakyNorm, DoublePrecisionIsKept) {
  const Tensor x = at::randn({2, 3, 4, 4}, at::kDouble);
  EXPECT_EQ(leaky_norm(x, 0.2).scalar_type(), at::kDouble);
}

}  // namespace
}  // namespace refract
