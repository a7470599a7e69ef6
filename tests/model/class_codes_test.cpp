// Codes of given classes, on a model whose priors are known.
#include "refract/model/class_codes.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/full.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include "refract/core/generator.h"
#include "tests/support/fakes.h"
#include "tests/support/surroundings.h"

namespace refract {
namespace {

using testing_support::contains;

double largest_gap(const Tensor& a, const Tensor& b) {
  return (a - b).abs().max().item<double>();
}

TEST(ClassCodes, NoiseIsStandardNormalAndClassesAreOneHot) {
  const fakes::OfClasses model;
  const Codes noise = prior_noise(model, 4000, generator_of(1));
  ASSERT_EQ(noise.size(), 3U);
  EXPECT_EQ(noise[0].sizes().vec(), (std::vector<int64_t>{4000, 2}));
  EXPECT_TRUE(noise[0].sum(1).eq(1).all().item<bool>());
  EXPECT_NEAR(noise[0].select(1, 1).mean().item<double>(), 0.5, 0.05);
  for (const size_t b : {1U, 2U}) {
    EXPECT_NEAR(noise[b].mean().item<double>(), 0, 0.07) << b;
    EXPECT_NEAR(noise[b].std().item<double>(), 1, 0.05) << b;
  }
  EXPECT_EQ(largest_gap(noise[1], prior_noise(model, 4000, generator_of(1))[1]), 0);
  EXPECT_GT(largest_gap(noise[1], prior_noise(model, 4000, generator_of(2))[1]), 0.1);
}

// p(u | c) is N(-0.5, 0.1^2) or N(0.5, 0.2^2): z_s = z sigma_c + mu_c.
TEST(ClassCodes, OneNoiseStandsForRelatedCodesInAllClasses) {
  const fakes::OfClasses model;
  const Codes noise = prior_noise(model, 5, generator_of(3));
  const Codes dark = codes_of_noise(model, noise_of_class(noise, 0, 0));
  const Codes bright = codes_of_noise(model, noise_of_class(noise, 0, 1));
  EXPECT_TRUE(dark[0].select(1, 0).eq(1).all().item<bool>());
  EXPECT_TRUE(bright[0].select(1, 1).eq(1).all().item<bool>());
  EXPECT_LT(largest_gap(dark[1], noise[1] * 0.1 - 0.5), 1e-6);
  EXPECT_LT(largest_gap(bright[1], noise[1] * 0.2 + 0.5), 1e-6);
  EXPECT_LT(largest_gap(dark[2], noise[2]), 1e-6);
  EXPECT_EQ(largest_gap(dark[2], bright[2]), 0);
}

TEST(ClassCodes, BlocksDependOnACategoryOrNot) {
  const fakes::OfClasses model;
  EXPECT_EQ(categories_of(model), std::vector<size_t>{0});
  EXPECT_EQ(blocks_given(model, 0), std::vector<size_t>{1});
  EXPECT_EQ(blocks_not_given(model, 0), std::vector<size_t>{2});
  EXPECT_TRUE(categories_of(fakes::halves()).empty());
}

// A class c and noise z, as of a conditional GAN: no block depends on the class.
fakes::FakeModel conditional(bool prior = true) {
  return {Space::square(1, 8),
          {{"c", 3, Role::category, true}, {"z", 3, Role::class_independent, false, prior}},
          {},
          [](const Codes& codes) {
            const Tensor gray = codes.at(0).matmul(at::tensor(std::vector<float>{-0.5F, 0, 0.5F})) +
                                codes.at(1).matmul(at::tensor(std::vector<float>{0.01F, 0.2F, -0.05F}));
            return gray.view({-1, 1, 1, 1}).expand({-1, 1, 8, 8});
          }};
}

TEST(ClassCodes, AModelWithoutRelatedBlocksHasClassesAllTheSame) {
  const fakes::FakeModel model = conditional();
  EXPECT_EQ(lacks_class_samples(model), "");
  EXPECT_TRUE(blocks_given(model, 0).empty());
  const Codes noise = prior_noise(model, 2, generator_of(1));
  EXPECT_EQ(largest_gap(codes_of_noise(model, noise_of_class(noise, 0, 2))[1], noise[1]), 0);
}

TEST(ClassCodes, TheStrongestDimensionsChangeTheImagesMost) {
  const fakes::FakeModel model = conditional();
  const Codes noise = prior_noise(model, 1, generator_of(1));
  EXPECT_EQ(strongest_dimensions(model, noise, 0, 1, 2), (std::vector<int64_t>{1, 2}));
  EXPECT_EQ(strongest_dimensions(model, noise, 0, 1, 9), (std::vector<int64_t>{1, 2, 0}));
}

TEST(ClassCodes, SaysWhatIsMissing) {
  EXPECT_TRUE(contains(lacks_class_samples(fakes::whole()), "code (whole)"));
  EXPECT_TRUE(contains(lacks_class_samples(conditional(false)), "no prior for its block z"));
}

}  // namespace
}  // namespace refract
