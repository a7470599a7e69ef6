#include "refract/nn/label_dependence.h"

#include <ATen/ops/eye.h>
#include <ATen/ops/kthvalue.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>

namespace refract {
namespace {

constexpr double kLeast = 1e-6;  // of a deviation and a distance
// Of the criterion of labels with themselves, about 1 / classes. Of one class it is rounding, by which nothing is
// divided.
constexpr double kLeastOfLabels = 1e-3;
constexpr int64_t kFewest = 4;  // examples that the criterion compares

// [N, N]: squared distances of rows whose dimensions were divided by their median absolute deviations.
Tensor squared_distances(const Tensor& codes) {
  const Tensor centred = codes - std::get<0>(codes.median(0, true));
  const Tensor scaled = centred / (std::get<0>(centred.abs().median(0, true)) + kLeast);
  return (scaled.unsqueeze(0) - scaled.unsqueeze(1)).square().sum(2);
}

// Song et al. 2012, Eq. 4, of two kernels, both 0 in their diagonals and where an example is none of the n.
Tensor unbiased_criterion(const Tensor& a, const Tensor& b, const Tensor& n) {
  const Tensor rows_a = a.sum(1), rows_b = b.sum(1);
  return ((a * b).sum() + rows_a.sum() * rows_b.sum() / ((n - 1) * (n - 2)) - 2 / (n - 2) * (rows_a * rows_b).sum()) /
         (n * (n - 3));
}

// The mean of three Gaussian kernels. The zeros of the diagonal come first in order of size.
Tensor kernel_of(const Tensor& codes) {
  const Tensor squared = squared_distances(codes);
  const int64_t n = codes.size(0);
  const Tensor median = std::get<0>(at::kthvalue(squared.flatten(), n + (n * (n - 1) + 1) / 2));
  const Tensor relative = squared / (median + kLeast);
  Tensor sum = at::zeros_like(relative);
  for (const double bandwidth : {0.5, 1.0, 2.0}) sum = sum + (relative * (-0.5 / (bandwidth * bandwidth))).exp();
  return sum / 3;
}

}  // namespace

Tensor label_dependence(const Tensor& codes, const Tensor& classes) {
  const int64_t all = codes.size(0);
  if (all < kFewest) return at::zeros({}, codes.options());
  const Tensor labelled = classes.sum(1, true);
  const Tensor pairs = labelled.matmul(labelled.t()) * (1 - at::eye(all, codes.options()));
  const Tensor near = kernel_of(codes) * pairs, same = classes.matmul(classes.t()) * pairs;
  const Tensor n = labelled.sum().clamp_min(kFewest);  // so that no quotient is infinite
  const Tensor enough = labelled.sum().ge(kFewest);
  return enough * unbiased_criterion(near, same, n) / unbiased_criterion(same, same, n).clamp_min(kLeastOfLabels);
}

}  // namespace refract
