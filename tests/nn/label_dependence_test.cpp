#include "refract/nn/label_dependence.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

namespace refract {
namespace {

using OfPair = std::function<double(size_t, size_t)>;

Tensor normal(at::IntArrayRef sizes) {
  return at::randn(sizes, at::kDouble);
}

// One row for each entry, 1 at the class.
Tensor classes_of(const std::vector<int64_t>& labels, int64_t count) {
  return at::eye(count, at::kDouble).index_select(0, at::tensor(labels));
}

double median_of(std::vector<double> values) {  // the lower one
  std::sort(values.begin(), values.end());
  return values[(values.size() - 1) / 2];
}

// The U-statistic as Gretton et al. 2005 define the criterion: over all four different examples.
double by_loops(size_t n, const OfPair& k, const OfPair& l) {
  double sum = 0, count = 0;
  for (size_t i = 0; i < n; ++i)
    for (size_t j = 0; j < n; ++j)
      for (size_t q = 0; q < n; ++q)
        for (size_t r = 0; r < n; ++r)
          if (i != j && i != q && i != r && j != q && j != r && q != r) {
            sum += k(i, j) * l(i, j) + k(i, j) * l(q, r) - 2 * k(i, j) * l(i, q);
            ++count;
          }
  return sum / count;
}

TEST(LabelDependence, IsTheCriterionByItsDefinition) {
  at::manual_seed(1);
  const std::vector<int64_t> labels = {0, 1, 2, 0, 1, 0, 0, 2};
  const size_t n = labels.size();
  const Tensor codes = normal({static_cast<int64_t>(n), 2});

  std::vector<std::vector<double>> scaled(n, std::vector<double>(2));
  for (size_t d = 0; d < 2; ++d) {
    std::vector<double> column(n), away(n);
    for (size_t i = 0; i < n; ++i) column[i] = codes[static_cast<int64_t>(i)][static_cast<int64_t>(d)].item<double>();
    const double middle = median_of(column);
    for (size_t i = 0; i < n; ++i) away[i] = std::abs(column[i] - middle);
    for (size_t i = 0; i < n; ++i) scaled[i][d] = (column[i] - middle) / median_of(away);
  }
  const auto squared = [&](size_t i, size_t j) {
    return std::pow(scaled[i][0] - scaled[j][0], 2) + std::pow(scaled[i][1] - scaled[j][1], 2);
  };
  std::vector<double> pairs;
  for (size_t i = 0; i < n; ++i)
    for (size_t j = 0; j < i; ++j) pairs.push_back(squared(i, j));
  const double unit = median_of(pairs);
  const OfPair near = [&](size_t i, size_t j) {
    const double s = squared(i, j) / unit;
    return (std::exp(-2 * s) + std::exp(-s / 2) + std::exp(-s / 8)) / 3;
  };
  const OfPair same = [&](size_t i, size_t j) { return labels[i] == labels[j] ? 1.0 : 0.0; };
  EXPECT_NEAR(label_dependence(codes, classes_of(labels, 3)).item<double>(),
              by_loops(n, near, same) / by_loops(n, same, same), 1e-4);
}

// 64 examples of two classes, in turn.
Tensor two_classes() {
  const Tensor classes = at::zeros({64, 2}, at::kDouble);
  for (int64_t i = 0; i < 64; ++i) classes[i][i % 2] = 1;
  return classes;
}

TEST(LabelDependence, IsZeroOnAverageWithoutAndGrowsWithDependence) {
  at::manual_seed(2);
  double without = 0;
  for (int i = 0; i < 500; ++i) without += label_dependence(normal({64, 3}), two_classes()).item<double>() / 500;
  EXPECT_NEAR(without, 0, 0.003);
  const Tensor noise = normal({64, 3});
  double before = label_dependence(noise, two_classes()).item<double>();
  for (const double shift : {1.0, 2.0, 4.0}) {
    const double now = label_dependence(noise + shift * two_classes().slice(1, 0, 1), two_classes()).item<double>();
    EXPECT_GT(now, before + 0.02);
    before = now;
  }
  // The classes have equal means, and one is twice as wide.
  EXPECT_GT(label_dependence(noise * (1 + 2 * two_classes().slice(1, 0, 1)), two_classes()).item<double>(), 0.02);
}

// Codes cannot hide by their scale, nor by a few examples far away.
TEST(LabelDependence, ScaleAndOutliersDoNotChangeIt) {
  at::manual_seed(3);
  const Tensor codes = normal({64, 2}) + two_classes();
  const double found = label_dependence(codes, two_classes()).item<double>();
  EXPECT_GT(found, 0.05);
  const Tensor scales = at::tensor({1e-3, 50.0}, at::kDouble);
  EXPECT_NEAR(label_dependence(codes * scales + 7, two_classes()).item<double>(), found, 0.01);
  Tensor apart = codes.clone();
  apart.slice(0, 0, 4) *= 1000;
  EXPECT_GT(label_dependence(apart, two_classes()).item<double>(), 0.7 * found);

  const Tensor scale = at::tensor({1.0, 1.0}, at::kDouble).requires_grad_();
  const Tensor of_scale = torch::autograd::grad({label_dependence(codes * scale, two_classes())}, {scale})[0];
  EXPECT_LT(of_scale.abs().max().item<double>(), 1e-4);
}

TEST(LabelDependence, ExamplesWithoutALabelCountInTheMediansAlone) {
  at::manual_seed(4);
  const Tensor codes = normal({64, 2}) + two_classes(), twice = at::cat({codes, codes});
  const double found = label_dependence(codes, two_classes()).item<double>();
  EXPECT_NEAR(label_dependence(twice, at::cat({two_classes(), at::zeros({64, 2})})).item<double>(), found, 0.01);
  EXPECT_EQ(label_dependence(normal({9, 2}), at::zeros({9, 2})).item<double>(), 0);
  EXPECT_EQ(label_dependence(normal({3, 2}), classes_of({0, 1, 1}, 2)).item<double>(), 0);
  EXPECT_NEAR(label_dependence(normal({9, 2}), classes_of({0, 0, 0, 0, 0, 0, 0, 0, 0}, 2)).item<double>(), 0, 1e-9);
  const Tensor one_class = at::cat({at::ones({64, 1}), at::zeros({64, 1})}, 1);
  for (int i = 0; i < 50; ++i)
    EXPECT_LT(std::abs(label_dependence(at::randn({64, 2}), one_class).item<double>()), 2e-3) << "rounding of floats";
}

}  // namespace
}  // namespace refract
