#include "refract/eval/sample_scores.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/full.h>
#include <ATen/ops/one_hot.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include <cmath>

#include "refract/core/errors.h"
#include "refract/core/generator.h"

namespace refract {
namespace {

TEST(InceptionScore, CountsTheClassesThatAreCertainAndEquallyFrequent) {
  for (const int64_t used : {1, 3, 7}) {
    const Tensor classes = at::arange(21 * used, at::kLong).remainder(used);
    EXPECT_NEAR(inception_score(at::one_hot(classes, 7).to(at::kFloat)), static_cast<double>(used), 1e-9);
  }
}

TEST(InceptionScore, IsOneWhereNothingIsTold) {
  EXPECT_NEAR(inception_score(at::full({5, 4}, 0.25)), 1, 1e-9);
  EXPECT_NEAR(inception_score(at::tensor({0.7, 0.2, 0.1}, at::kDouble).expand({6, 3})), 1, 1e-9);
}

// p(y|x) is (q, 1 - q) and the reverse, so that p(y) is even: ln 2 less the entropy of q.
TEST(InceptionScore, IsTheExponentialOfTheMeanKl) {
  const double q = 0.8;
  const double entropy = -q * std::log(q) - (1 - q) * std::log(1 - q);
  EXPECT_NEAR(inception_score(at::tensor({q, 1 - q, 1 - q, q}, at::kDouble).view({2, 2})), 2 * std::exp(-entropy),
              1e-9);
}

TEST(InceptionScore, OtherShapesAreRefused) {
  EXPECT_THROW(inception_score(at::full({4}, 0.25)), BadInput);
  EXPECT_THROW(inception_score(at::full({0, 4}, 0.25)), BadInput);
}

// Rows whose mean is exactly 0 and whose covariance, by N - 1, is exactly the identity.
Tensor whitened(int64_t rows, int64_t columns) {
  const Tensor drawn = at::randn({rows, columns}, generator_of(4), at::TensorOptions(at::kDouble));
  Tensor x = drawn - drawn.mean(0);
  for (int64_t d = 0; d < columns; ++d) {  // Gram and Schmidt
    Tensor column = x.select(1, d);
    for (int64_t e = 0; e < d; ++e) column.sub_(x.select(1, e) * x.select(1, e).dot(column));
    column.div_(column.norm());
  }
  return x * std::sqrt(static_cast<double>(rows - 1));
}

TEST(FrechetDistance, OfTheSameSetIsNone) {
  const Tensor x = at::randn({40, 5}, generator_of(1)) * 3 + 7;
  EXPECT_NEAR(frechet_distance(x, x), 0, 1e-9);
  EXPECT_NEAR(frechet_distance(x, x.flip(0)), 0, 1e-9);
}

TEST(FrechetDistance, OfAShiftIsItsSquare) {
  const Tensor x = at::randn({40, 3}, generator_of(2), at::TensorOptions(at::kDouble));
  EXPECT_NEAR(frechet_distance(x, x + at::tensor({1.0, -2.0, 3.0}, at::kDouble)), 14, 1e-9);
}

// Covariances diag(s^2) and diag(t^2) commute: the sum of (s - t)^2.
TEST(FrechetDistance, OfIndependentFeaturesComparesTheirDeviations) {
  const Tensor x = whitened(50, 3);
  const Tensor s = at::tensor({1.0, 2.0, 0.5}, at::kDouble), t = at::tensor({4.0, 2.0, 0.0}, at::kDouble);
  EXPECT_NEAR(frechet_distance(x * s, x * t), 9 + 0.25, 1e-6);
}

// Of 2x2 matrices the trace of a root is sqrt(tr M + 2 sqrt(det M)), and tr and det of S1 S2 are those of M.
TEST(FrechetDistance, TakesTheRootOfCovariancesThatDoNotCommute) {
  const Tensor x = whitened(30, 2);
  const Tensor a = at::tensor({2.0, 0.0, 1.0, 1.0}, at::kDouble).view({2, 2});
  const Tensor b = at::tensor({1.0, 1.0, -1.0, 2.0}, at::kDouble).view({2, 2});
  const Tensor one = a.t().matmul(a), other = b.t().matmul(b);
  const double trace = one.matmul(other).diagonal().sum().item<double>();
  const double determinant = (2.0 * 1 - 0 * 1) * (1.0 * 2 - 1 * -1);  // of a and b: its square is that of the product
  const double root = std::sqrt(trace + 2 * determinant);
  const double expected = (one.diagonal().sum() + other.diagonal().sum()).item<double>() - 2 * root;
  EXPECT_NEAR(frechet_distance(x.matmul(a), x.matmul(b)), expected, 1e-9);
  EXPECT_NEAR(frechet_distance(x.matmul(b), x.matmul(a)), expected, 1e-9);
}

// With N - 1, two numbers a and b have the variance (a - b)^2 / 2.
TEST(FrechetDistance, DividesByOneLessThanTheCount) {
  const Tensor a = at::tensor({0.0, 2.0}, at::kDouble).view({2, 1}),
               b = at::tensor({1.0, 1.0}, at::kDouble).view({2, 1});
  EXPECT_NEAR(frechet_distance(a, b), 2, 1e-9);
}

TEST(FrechetDistance, TooFewAndOtherShapesAreRefused) {
  EXPECT_THROW(frechet_distance(at::full({1, 2}, 0.0), at::full({5, 2}, 0.0)), BadInput);
  EXPECT_THROW(frechet_distance(at::full({5, 3}, 0.0), at::full({5, 2}, 0.0)), BadInput);
}

Tensor column_of(const std::vector<double>& numbers) {
  return at::tensor(numbers, at::kDouble).unsqueeze(1);
}

// With k = 1 the real numbers reach 1, 1, 1 and 7, the generated ones 0.5, 0.5 and 5.
TEST(PrecisionRecall, OfNumbersByHand) {
  const Tensor real = column_of({0, 1, 2, 9});
  const Tensor generated = column_of({2.5, 3.0, -2.5});
  const PrecisionRecall found = precision_recall(real, generated, 1);
  EXPECT_DOUBLE_EQ(found.precision, 2.0 / 3);  // 2.5 is near 2, and both 2.5 and 3 are within 7 of 9
  EXPECT_DOUBLE_EQ(found.recall, 3.0 / 4);     // 2 is 0.5 from 2.5; 0, 1 and 2 are within 5 of -2.5
}

TEST(PrecisionRecall, OfEqualSetsIsOne) {
  const Tensor x = at::randn({600, 4}, generator_of(3));
  const PrecisionRecall found = precision_recall(x, x);
  EXPECT_DOUBLE_EQ(found.precision, 1);
  EXPECT_DOUBLE_EQ(found.recall, 1);
}

// Half of the generated ones are far away; those near cover one of two real clusters.
TEST(PrecisionRecall, SeesFarExamplesAndMissingOnes) {
  const Tensor near = at::randn({300, 2}, generator_of(5));
  const Tensor real = at::cat({near, near + 100});
  const Tensor generated = at::cat({near, near - 100});
  const PrecisionRecall found = precision_recall(real, generated);
  EXPECT_DOUBLE_EQ(found.precision, 0.5);
  EXPECT_DOUBLE_EQ(found.recall, 0.5);
}

TEST(PrecisionRecall, TooFewAreRefused) {
  EXPECT_THROW(precision_recall(column_of({1, 2, 3}), column_of({1, 2, 3, 4})), BadInput);
}

}  // namespace
}  // namespace refract
