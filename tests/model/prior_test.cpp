// Draws from the priors of a model.
#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>
#include <gtest/gtest.h>

#include "refract/core/generator.h"
#include "refract/model/class_pairs.h"
#include "tests/support/fakes.h"

namespace refract {
namespace {

constexpr int64_t kDraws = 2000;

TEST(DrawPrior, KnownClassesDecideOnWhatIsDrawn) {
  const fakes::OfClasses model;
  const Tensor classes = one_class(1, 2, kDraws);
  const Codes codes = draw_prior(model, kDraws, generator_of(1), {classes});
  EXPECT_TRUE(at::equal(codes.at(0), classes));
  EXPECT_NEAR(codes.at(1).mean().item<double>(), 0.5, 0.02);  // N(0.5, 0.2^2)
  EXPECT_NEAR(codes.at(1).std().item<double>(), 0.2, 0.02);
  EXPECT_NEAR(codes.at(2).mean().item<double>(), 0, 0.1);
}

TEST(DrawPrior, KnownCodesStayAsTheyAre) {
  const fakes::OfClasses model;
  const Tensor z = at::full({kDraws, 1}, 0.25F);
  const Codes codes = draw_prior(model, kDraws, generator_of(1), {{}, {}, z});
  EXPECT_TRUE(at::equal(codes.at(2), z));
  EXPECT_NEAR(codes.at(0).select(1, 0).mean().item<double>(), 0.5, 0.05);
  const Codes free = draw_prior(model, kDraws, generator_of(1));
  EXPECT_TRUE(at::equal(codes.at(0), free.at(0)));
  EXPECT_TRUE(at::equal(codes.at(1), free.at(1)));
}

}  // namespace
}  // namespace refract
