#include "refract/nn/code_discriminator.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/stack.h>
#include <gtest/gtest.h>

#include <cmath>

#include "refract/nn/density_ratio.h"
#include "refract/optim/player.h"

namespace refract {
namespace {

// Two normals with correlation 0.8, and one beside them.
Tensor correlated(int64_t count) {
  const Tensor x = at::randn({count, 3});
  return at::stack({x.select(1, 0), 0.8 * x.select(1, 0) + 0.6 * x.select(1, 1), x.select(1, 2)}, 1);
}

double correlation(const Tensor& x, int64_t i, int64_t j) {
  return (x.select(1, i) * x.select(1, j)).mean().item<double>();
}

TEST(CodeDiscriminator, PermutingKeepsMarginalsAndTakesCorrelations) {
  at::manual_seed(2);
  const Tensor codes = correlated(20'000);
  const Tensor apart = permuted_dimensions(codes);
  EXPECT_NEAR(correlation(codes, 0, 1), 0.8, 0.02);
  EXPECT_NEAR(correlation(apart, 0, 1), 0, 0.02);
  EXPECT_TRUE(at::equal(std::get<0>(codes.sort(0)), std::get<0>(apart.sort(0))));
}

// Of Gaussians the total correlation is known: -log(1 - 0.8^2) / 2.
TEST(CodeDiscriminator, LearnsTheTotalCorrelationOfGaussians) {
  at::manual_seed(3);
  CodeDiscriminator network(3, 3, 64);
  Player player("discriminator", Adam{.learning_rate = 3e-3, .beta1 = 0.9, .beta2 = 0.999});
  player.own("net", network);
  for (int step = 0; step < 300; ++step) {
    const Tensor codes = at::cat({correlated(256), permuted_dimensions(correlated(256))});
    Update(1.0 - step / 300.0).descend({{player, ratio_loss(network.forward(codes))}});
  }
  EXPECT_NEAR(network.forward(correlated(20'000)).mean().item<double>(), -0.5 * std::log(0.36), 0.08);
}

}  // namespace
}  // namespace refract
