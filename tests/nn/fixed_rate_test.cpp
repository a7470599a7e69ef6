// Codes whose KL divergence is chosen.
#include "refract/nn/fixed_rate.h"

#include <ATen/ops/allclose.h>
#include <ATen/ops/randn.h>
#include <gtest/gtest.h>

#include <cmath>

#include "refract/nn/networks.h"

namespace refract {
namespace {

constexpr double kRate = 0.7;

// Three dimensions of unlike offsets and scales.
Tensor offset_codes(int64_t count) {
  Tensor codes = at::randn({count, 3});
  for (int64_t d = 0; d < 3; ++d) codes.select(1, d).mul_(std::pow(10, d - 1)).add_(4 * d);
  return codes;
}

TEST(FixedRate, InTrainingEveryDimensionHasTheMomentsOfThePriorAndTheRate) {
  at::manual_seed(1);
  const FixedRate rate(3, kRate);
  const Gaussian q = rate.posterior(offset_codes(50));
  const Tensor mean = q.mean.mean(0), variance = q.mean.var(0, false) + q.log_variance.exp().mean(0);
  EXPECT_LT(mean.abs().max().item<double>(), 1e-5);
  EXPECT_LT((variance - 1).abs().max().item<double>(), 1e-4);
  EXPECT_LT((q.kl_of_dimensions().mean(0) - kRate).abs().max().item<double>(), 1e-4);
  EXPECT_TRUE(q.log_variance.eq(-2 * kRate).all().item<bool>());
}

TEST(FixedRate, InUseAnExampleDoesNotDependOnTheOthers) {
  at::manual_seed(2);
  FixedRate rate(3, kRate);
  for (int i = 0; i < 1500; ++i) rate.posterior(offset_codes(20));
  rate.train(false);
  const Tensor codes = offset_codes(2000);
  const Gaussian all = rate.posterior(codes), alone = rate.posterior(codes.slice(0, 7, 8));
  EXPECT_TRUE(at::allclose(all.mean.slice(0, 7, 8), alone.mean, 1e-5, 1e-6));
  EXPECT_LT((all.kl_of_dimensions().mean(0) - kRate).abs().max().item<double>(), 0.1) << "by the running statistics";
}

TEST(FixedRate, AnEncoderWithARateHasIt) {
  at::manual_seed(3);
  const Encoder encoder(Space::square(1, 16), {{4, 6}}, 3, 0, Sigma::own, kRate);
  const Tensor kl = encoder.forward(at::randn({40, 1, 16, 16})).kl_of_dimensions();
  EXPECT_LT((kl.mean(0) - kRate).abs().max().item<double>(), 1e-3);
}

}  // namespace
}  // namespace refract
