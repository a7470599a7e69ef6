#include "refract/train/averages.h"

#include <ATen/ops/scalar_tensor.h>
#include <gtest/gtest.h>

#include <limits>

namespace refract {
namespace {

Scalars terms(double a, double b) {
  return {{"a", at::scalar_tensor(a)}, {"b", at::scalar_tensor(b)}};
}

TEST(TermMeans, AveragesAWindowAndBeginsAnother) {
  TermMeans means;
  EXPECT_TRUE(means.take().empty());
  means.add(terms(1, 10));
  means.add(terms(2, 40));
  EXPECT_EQ(means.take(), (Terms{{"a", 1.5}, {"b", 25}}));
  means.add(terms(7, 8));
  EXPECT_EQ(means.take(), (Terms{{"a", 7}, {"b", 8}}));
}

TEST(TermMeans, NamesTheTermThatWasNotFiniteInAnyStep) {
  for (const double bad : {std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity(),
                           std::numeric_limits<double>::quiet_NaN()}) {
    TermMeans means;
    EXPECT_EQ(means.not_finite(), "");
    means.add(terms(1, bad));
    means.add(terms(1, 2));
    EXPECT_EQ(means.not_finite(), "b");
  }
}

TEST(Speed, FollowsTheRate) {
  Speed speed;
  EXPECT_EQ(speed.per_second(), 0);
  for (int i = 0; i < 10; ++i) speed.add(0.5);
  EXPECT_NEAR(speed.per_second(), 2, 1e-9);
  for (int i = 0; i < 2000; ++i) speed.add(0.1);
  EXPECT_NEAR(speed.per_second(), 10, 0.1);
}

}  // namespace
}  // namespace refract
