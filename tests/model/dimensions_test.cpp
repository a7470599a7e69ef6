#include "refract/model/dimensions.h"

#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include "tests/support/fakes.h"

namespace refract {
namespace {

// e of three images in three dimensions, whose mean halves of squares are 0.5, 2 and 0.
Tensor three_images() {
  const Tensor colours = at::tensor(std::vector<float>{-0.1F, 0.2F, 0, 0, 0.9F, 0, 0.1F, -0.9F, 0}).view({3, 3, 1, 1});
  return colours.expand({3, 3, 8, 8}).contiguous();
}

TEST(RankedDimensions, TheStrongestComesFirstOverTheRangeOfTheCodes) {
  const auto ranked = ranked_dimensions(fakes::halves(), three_images(), 0, Range::posterior, 1);
  ASSERT_EQ(ranked.size(), 3);
  EXPECT_EQ(ranked[0].index, 1);
  EXPECT_EQ(ranked[1].index, 0);
  EXPECT_EQ(ranked[2].index, 2);
  EXPECT_NEAR(ranked[0].kl, (0.04 + 0.81 + 0.81) / 6, 1e-6);
  // Between the sorted values -0.9, 0.2, 0.9 percentiles are straight lines.
  EXPECT_NEAR(ranked[0].low, -0.9 + 0.04 * 1.1, 1e-6);
  EXPECT_NEAR(ranked[0].high, 0.9 - 0.04 * 0.7, 1e-6);
  EXPECT_EQ(ranked[2].low, 0);
}

TEST(RankedDimensions, ThePriorsRangeIsThatOfItsDraws) {
  for (const Dimension& d : ranked_dimensions(fakes::halves(), three_images(), 1, Range::prior, 1)) {
    EXPECT_NEAR(d.low, -2.054, 0.25);  // the 2nd percentile of N(0, 1)
    EXPECT_NEAR(d.high, 2.054, 0.25);
  }
}

TEST(DimensionName, IsReadable) {
  EXPECT_EQ(dimension_name({"z", 5}, 2), "z3");
  EXPECT_EQ(dimension_name({"u", 1}, 0), "u");
  EXPECT_EQ(dimension_name({"u2", 4}, 0), "u2.1");
}

}  // namespace
}  // namespace refract
