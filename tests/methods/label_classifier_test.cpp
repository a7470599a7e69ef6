// The classifier of codes that adversaries of z and embeddings of s share.
#include <ATen/ops/cat.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include <cmath>

#include "refract/methods/label_classifier.h"

namespace refract {
namespace {

const LabelSet two_columns = label_set({3, 2}, {});

TEST(LabelClassifier, SaysADistributionForEachColumn) {
  at::manual_seed(1);
  const LabelClassifier classifier(4, {.layers = 2, .features = 8}, two_columns);
  const Tensor said = classifier.log_probabilities(at::randn({5, 4})).exp();
  EXPECT_TRUE(said.slice(1, 0, 3).sum(1).allclose(at::ones({5})));
  EXPECT_TRUE(said.slice(1, 3).sum(1).allclose(at::ones({5})));
  EXPECT_EQ(classifier.parameters().size(), 6U) << "two hidden layers and the last one";
}

// By hand, with an example whose second attribute is unknown.
TEST(LabelClassifier, CrossEntropiesAreMeansOverKnownLabelsSummedOverColumns) {
  const Tensor p = at::tensor(std::vector<double>{0.5, 0.25, 0.25, 0.9, 0.1, 0.2, 0.2, 0.6, 0.3, 0.7}).view({2, 5});
  const Tensor labels = at::tensor(std::vector<int64_t>{1, 0, 2, -1}).view({2, 2});
  const Tensor seen = indicators(two_columns, labels, p);
  const double with_label = -(std::log(0.25) + std::log(0.6)) / 2 - std::log(0.9);
  EXPECT_NEAR(cross_entropy_with_label(two_columns, p.log(), seen).item<double>(), with_label, 1e-12);
  const double first = std::log(0.5 * 0.25 * 0.25) / 3, second = std::log(0.2 * 0.2 * 0.6) / 3;
  const double uniform = -(first + second) / 2 - std::log(0.9 * 0.1) / 2;
  EXPECT_NEAR(cross_entropy_with_uniform(two_columns, p.log(), seen).item<double>(), uniform, 1e-12);

  const Tensor alike = at::tensor(std::vector<double>{3, 3, 3, 2, 2}).log().neg().expand({2, 5});
  EXPECT_NEAR(cross_entropy_with_uniform(two_columns, alike, seen).item<double>(), entropy_of_uniform(two_columns),
              1e-12);
}

// Each layer by its own scale: the last one, which nothing follows, starts smaller.
TEST(LabelClassifier, StartsAnewAsItStarted) {
  at::manual_seed(2);
  LabelClassifier classifier(100, {.layers = 1, .features = 200}, label_set({300}, {}));
  const auto deviations = [&] {
    std::vector<double> all;
    for (const Tensor& parameter : classifier.parameters())
      all.push_back(parameter.dim() == 2 ? parameter.detach().std().item<double>() : 0);
    return all;
  };
  const std::vector<double> start = deviations();
  {
    const at::NoGradGuard no_grad;
    for (Tensor& parameter : classifier.parameters()) parameter.fill_(7);
  }
  classifier.start_anew();
  const std::vector<double> anew = deviations();
  ASSERT_EQ(anew.size(), start.size());
  for (size_t i = 0; i < anew.size(); ++i) EXPECT_NEAR(anew[i], start[i], 0.03 * start[i]) << i;
  for (const Tensor& parameter : classifier.parameters())
    if (parameter.dim() == 1) {
      EXPECT_EQ(parameter.abs().max().item<double>(), 0);
    }
}

}  // namespace
}  // namespace refract
