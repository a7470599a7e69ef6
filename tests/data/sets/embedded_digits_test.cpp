#include "refract/data/sets/embedded_digits.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/equal.h>
#include <gtest/gtest.h>

#include "tests/data/support.h"

namespace refract {
namespace {

TEST(EmbeddedDigits, AreFunctionsOfSeedAndIndex) {
  const Digits few = embedded_digits(20, 7), many = embedded_digits(200, 7);
  EXPECT_EQ(few.images.sizes().vec(), (std::vector<int64_t>{20, 28, 28}));
  EXPECT_TRUE(at::equal(few.images, many.images.slice(0, 0, 20)));
  EXPECT_FALSE(at::equal(few.images, embedded_digits(20, 8).images));
  EXPECT_FALSE(at::equal(many.images[0], many.images[10])) << "two digits of the same class";
}

TEST(EmbeddedDigits, ClassesTakeTurns) {
  EXPECT_TRUE(at::equal(embedded_digits(25, 1).labels, at::arange(25, at::kLong).remainder(10)));
}

TEST(EmbeddedDigits, LieInTheMiddleWithFreeMargins) {
  const Tensor images = embedded_digits(500, 2).images.to(at::kFloat);
  EXPECT_EQ(images.slice(1, 0, 1).max().item<float>() + images.slice(2, 27).max().item<float>(), 0);
  EXPECT_EQ(images.slice(1, 27).max().item<float>() + images.slice(2, 0, 1).max().item<float>(), 0);
  const Tensor mass = images.sum({1, 2});
  const Tensor row = (images.sum(2) * at::arange(28)).sum(1) / mass;
  const Tensor column = (images.sum(1) * at::arange(28)).sum(1) / mass;
  EXPECT_LT((row - 13.5).abs().max().item<double>(), 3);
  EXPECT_LT((column - 13.5).abs().max().item<double>(), 3);
  EXPECT_NEAR(row.mean().item<double>(), 13.5, 0.3);
  const Tensor ink = (images > 127).sum({1, 2});
  EXPECT_GT(ink.min().item<int64_t>(), 15);
  EXPECT_LT(ink.max().item<int64_t>(), 300);
}

// A nearest-mean classifier that has seen other digits tells most of them: classes look alike within and differ
// between.
TEST(EmbeddedDigits, CanBeTold) {
  const auto features = [](const Digits& digits) { return digits.images.to(at::kFloat).flatten(1) / 255; };
  const Digits known = embedded_digits(2000, 3), others = embedded_digits(500, 4);
  const Tensor means = features(known).reshape({200, 10, 784}).mean(0);
  const Tensor distance = (features(others).unsqueeze(1) - means.unsqueeze(0)).square().sum(2);
  const double right = (distance.argmin(1) == others.labels).to(at::kDouble).mean().item<double>();
  EXPECT_GT(right, 0.6);
}

}  // namespace
}  // namespace refract
