#include "refract/nn/within_class_norm.h"

#include <ATen/ops/eye.h>
#include <ATen/ops/full.h>
#include <ATen/ops/randint.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

namespace refract {
namespace {

constexpr int64_t kClasses = 3;

struct Classed {
  Tensor codes, classes;  // [N, 2], [N, 3]
};

// Classes whose codes lie elsewhere, the third also three times as wide; the two dimensions correlate by .8.
Classed drawn(int64_t count) {
  const Tensor labels = at::randint(kClasses, {count}, at::kLong);
  const Tensor centres = at::tensor({0.0F, 5.0F, -2.0F, 1.0F, 3.0F, 3.0F}).view({kClasses, 2});
  const Tensor widths = at::tensor({1.0F, 1.0F, 3.0F}).view({kClasses, 1});
  const Tensor mixed = at::randn({count, 2}).matmul(at::tensor({1.0F, 0.8F, 0.0F, 0.6F}).view({2, 2}));
  return {centres.index_select(0, labels) + widths.index_select(0, labels) * mixed,
          at::eye(kClasses).index_select(0, labels)};
}

WithinClassNorm trained() {
  at::manual_seed(1);
  WithinClassNorm norm(kClasses, 2);
  for (int i = 0; i < 400; ++i) {
    const Classed batch = drawn(64);
    (void)norm.forward(batch.codes, batch.classes);
  }
  norm.eval();
  return norm;
}

TEST(WithinClassNorm, CodesOfEachClassHaveMeanZeroAndVarianceOneInUse) {
  const WithinClassNorm norm = trained();
  const Classed others = drawn(6000);
  const Tensor found = norm.forward(others.codes, others.classes);
  for (int64_t c = 0; c < kClasses; ++c) {
    const Tensor of_class = found.index_select(0, others.classes.select(1, c).nonzero().squeeze(1));
    EXPECT_LT(of_class.mean(0).abs().max().item<double>(), 0.15) << c;
    EXPECT_LT((of_class.var(0) - 1).abs().max().item<double>(), 0.25) << c;
  }
  EXPECT_LT(std::abs((found.select(1, 0) * found.select(1, 1)).mean().item<double>()), 0.1);
}

// An example that may be of either of two classes is compared with the mean between them.
TEST(WithinClassNorm, ProbabilitiesOfClassesMixTheirMeans) {
  const WithinClassNorm norm = trained();
  const Tensor middle = at::tensor({-1.0F, 3.0F}).unsqueeze(0);
  const Tensor either = at::tensor({0.5F, 0.5F, 0.0F}).unsqueeze(0);
  EXPECT_LT(norm.forward(middle, either).abs().max().item<double>(), 0.2);
}

// In training no gradient asks for codes of another scale, nor for a mixture of their dimensions.
TEST(WithinClassNorm, ScaleAndMixtureOfDimensionsDoNotMatter) {
  at::manual_seed(2);
  WithinClassNorm norm(1, 2);
  const Tensor codes = drawn(64).codes - drawn(64).codes.mean(0);
  const Tensor one = at::full({64, 1}, 1.0F);
  const Tensor map = at::tensor({2.0F, 0.3F, -0.5F, 0.7F}).view({2, 2}).requires_grad_();
  const Tensor found = norm.forward(codes.matmul(map), one);
  EXPECT_LT((found.t().matmul(found) / 64 - at::eye(2)).abs().max().item<double>(), 0.05);
  const Tensor gradient = torch::autograd::grad({found.square().sum(1).pow(2).sum()}, {map})[0];
  EXPECT_LT(gradient.abs().max().item<double>(), 1e-2 * found.square().sum(1).pow(2).sum().item<double>());
}

// With their noise the codes of a class have variance 1.
TEST(WithinClassNorm, MeansLeaveRoomForTheNoise) {
  at::manual_seed(3);
  const WithinClassNorm norm(1, 2);
  const Tensor codes = at::randn({1000, 2}), log_variances = at::tensor({-3.0F, -0.2F}).expand({1000, 2});
  const Gaussian found = norm.posterior({codes, log_variances}, at::full({1000, 1}, 1.0F));
  EXPECT_LT((found.mean.var(0) + log_variances[0].exp() - 1).abs().max().item<double>(), 0.01);
  EXPECT_TRUE(found.log_variance.equal(log_variances));
  const Gaussian wide = norm.posterior({codes, at::full({1000, 2}, 0.7F)}, at::full({1000, 1}, 1.0F));
  EXPECT_LT(wide.mean.abs().max().item<double>(), 0.1) << "nothing is left for the means";
}

}  // namespace
}  // namespace refract
