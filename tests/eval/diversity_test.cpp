#include "refract/eval/diversity.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/full.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include <cmath>

#include "refract/core/errors.h"
#include "refract/core/generator.h"
#include "refract/eval/similarity.h"

namespace refract {
namespace {

Tensor drawn_pictures(int64_t count, uint64_t seed) {
  return at::rand({count, 1, 12, 12}, generator_of(seed), at::TensorOptions(at::kFloat)) * 2 - 1;
}

PicturesOf pictures_in(const Tensor& pictures) {
  return [pictures](const Indices& rows) { return pictures.index_select(0, at::tensor(rows, at::kLong)); };
}

double unlike(const Tensor& pictures, int64_t i, int64_t j) {
  const auto one = [&](int64_t row) { return gray_levels(pictures.slice(0, row, row + 1)); };
  return 1 - ms_ssim(one(i), one(j)).item<double>();
}

// Three pictures of class 0, two of class 2, one of class 1, and one of which nobody knows the class.
TEST(Diversity, IsTheMeanOverClassesOfTheMeanOverPairs) {
  const Tensor pictures = drawn_pictures(7, 1);
  const Tensor classes = at::tensor({0, 2, 0, 1, 2, 0, -1}, at::kLong);
  const double of_first = (unlike(pictures, 0, 2) + unlike(pictures, 0, 5) + unlike(pictures, 2, 5)) / 3;
  const double of_third = unlike(pictures, 1, 4);
  const Diversity found = intra_class_diversity(pictures_in(pictures), classes, 100, 1);
  EXPECT_NEAR(found.distinct, (of_first + of_third) / 2, 1e-9);
  EXPECT_NEAR(found.all_pairs, (of_first * 6 / 9 + of_third * 2 / 4) / 2, 1e-9);  // Eq. 12: 9 and 4 pairs
  EXPECT_EQ(found.pairs, 4);
}

TEST(Diversity, OfOnePictureAgainAndAgainIsNone) {
  const Tensor pictures = drawn_pictures(1, 2).expand({6, 1, 12, 12});
  const Diversity found = intra_class_diversity(pictures_in(pictures), at::arange(6, at::kLong).remainder(2), 100, 1);
  EXPECT_NEAR(found.distinct, 0, 1e-9);
  EXPECT_NEAR(found.spread, 0, 1e-9);
}

TEST(Diversity, DrawnPairsAreDifferentPicturesAndAFunctionOfTheKey) {
  const Tensor one = drawn_pictures(40, 3);
  const Tensor classes = at::full({40}, 0, at::kLong);
  const Diversity every = intra_class_diversity(pictures_in(one), classes, 780, 1),
                  some = intra_class_diversity(pictures_in(one), classes, 200, 1);
  EXPECT_EQ(every.pairs, 780);
  EXPECT_EQ(some.pairs, 200);
  EXPECT_NEAR(some.distinct, every.distinct, 5 * some.spread);
  EXPECT_EQ(some.distinct, intra_class_diversity(pictures_in(one), classes, 200, 1).distinct);
  EXPECT_NE(some.distinct, intra_class_diversity(pictures_in(one), classes, 200, 2).distinct);
}

TEST(Diversity, ClassesOfSinglePicturesAreRefused) {
  EXPECT_THROW(intra_class_diversity(pictures_in(drawn_pictures(3, 4)), at::tensor({0, 1, -1}, at::kLong), 10, 1),
               BadInput);
}

}  // namespace
}  // namespace refract
