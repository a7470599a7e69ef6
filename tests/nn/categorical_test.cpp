#include "refract/nn/categorical.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/full.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include <cmath>

namespace refract {
namespace {

Tensor logs(std::initializer_list<double> probabilities) {
  return at::tensor(std::vector<double>(probabilities)).log().view({1, -1});
}

// The Gumbel-max trick: the largest entry is of class i with probability i's, at any temperature.
TEST(Categorical, GumbelSoftmaxFollowsTheProbabilities) {
  at::manual_seed(3);
  const Tensor all = logs({0.1, 0.6, 0.3}).expand({200'000, 3});
  const Tensor soft = gumbel_softmax(all, 0.67);
  EXPECT_LT((soft.sum(1) - 1).abs().max().item<double>(), 1e-9);
  const Tensor shares = one_hot_mode(soft).mean(0);
  EXPECT_LT((shares - all[0].exp()).abs().max().item<double>(), 0.005);
  EXPECT_GT(std::get<0>(gumbel_softmax(all, 0.05).max(1)).mean().item<double>(), 0.97);
  EXPECT_LT(std::get<0>(gumbel_softmax(all, 20).max(1)).mean().item<double>(), 0.4);
}

TEST(Categorical, GradientsPassThroughASample) {
  at::manual_seed(3);
  const Tensor raw = logs({0.1, 0.6, 0.3}).clone().requires_grad_();
  const Tensor gradient =
      torch::autograd::grad({gumbel_softmax(raw.log_softmax(1), 0.67).select(1, 1).sum()}, {raw})[0];
  EXPECT_GT(gradient.abs().max().item<double>(), 1e-4);
}

TEST(Categorical, EntropyByHand) {
  EXPECT_NEAR(entropy(logs({0.25, 0.75})).item<double>(), 0.25 * std::log(4.0) + 0.75 * std::log(4.0 / 3), 1e-12);
  EXPECT_NEAR(entropy(logs({0.2, 0.2, 0.2, 0.2, 0.2})).item<double>(), std::log(5.0), 1e-12);
}

// Certain of every image, each class in its share: no divergence, though each q(c | x) is far from the prior.
TEST(Categorical, TheAggregateIsComparedWithThePrior) {
  const Tensor prior = at::tensor(std::vector<double>{0.5, 0.25, 0.25});
  const double little = 1e-12;
  const Tensor certain = at::cat(
      {logs({1, little, little}), logs({1, little, little}), logs({little, 1, little}), logs({little, little, 1})});
  EXPECT_NEAR(aggregate_kl(certain, prior).item<double>(), 0, 1e-9);
  const Tensor one_class = at::cat({logs({1, little, little}), logs({1, little, little})});
  EXPECT_NEAR(aggregate_kl(one_class, prior).item<double>(), std::log(2.0), 1e-9);
}

}  // namespace
}  // namespace refract
