// Spectral normalisation against singular values, and the discriminator that is made of it.
#include <ATen/ops/allclose.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/leaky_relu.h>
#include <ATen/ops/linalg_svdvals.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include "refract/nn/projection_discriminator.h"

namespace refract {
namespace {

Tensor spectral_norm(const Tensor& weight) {
  return at::linalg_svdvals(weight.detach().flatten(1)).max();
}

Tensor parameter_of(torch::nn::Module& module, const std::string& name) {
  return module.named_parameters()[name];
}

TEST(SpectralWeight, IsDividedByItsLargestSingularValue) {
  at::manual_seed(1);
  const Tensor weight = at::randn({5, 3, 4, 4});
  SpectralWeight spectral(weight);
  for (int i = 0; i < 200; ++i) static_cast<void>(spectral.normalised());
  EXPECT_TRUE(at::allclose(spectral.normalised(), weight / spectral_norm(weight), 1e-3, 1e-5));
}

// One use in training is one power iteration (Miyato et al. 2018, Algorithm 1); in use nothing moves.
TEST(SpectralWeight, MovesByOneIterationInTrainingAlone) {
  at::manual_seed(2);
  const Tensor weight = at::randn({3, 4});
  SpectralWeight spectral(weight);
  const Tensor direction = spectral.named_buffers()["direction"];
  direction.copy_(at::tensor(std::vector<float>{0.6F, 0, 0.8F, 0}));
  const Tensor before = direction.clone();
  spectral.train(false);
  const Tensor shown = spectral.normalised();
  EXPECT_TRUE(at::equal(direction, before));
  EXPECT_TRUE(at::allclose(shown, weight / weight.mv(before).norm(), 1e-5, 1e-6));
  spectral.train(true);
  const Tensor trained = spectral.normalised();
  const Tensor moved = weight.t().mv(weight.mv(before));
  EXPECT_TRUE(at::allclose(direction, moved / moved.norm(), 1e-5, 1e-6));
  EXPECT_TRUE(at::allclose(trained, weight / weight.mv(direction).norm(), 1e-5, 1e-6));
}

// The gradient also runs through the norm: compared with differences of the exact one.
TEST(SpectralWeight, HasTheGradientOfTheWholeQuotient) {
  at::manual_seed(3);
  const Tensor start = at::tensor(std::vector<double>{3, 0.1, -0.4, 0.2, 1, 0.3}).view({2, 3});
  const Tensor times = at::randn({2, 3}, at::kDouble);
  SpectralWeight spectral(start.clone());
  for (int i = 0; i < 100; ++i) static_cast<void>(spectral.normalised());
  const Tensor weight = parameter_of(spectral, "weight");
  const Tensor gradient = torch::autograd::grad({(spectral.normalised() * times).sum()}, {weight}).at(0);
  const auto value = [&](const Tensor& w) { return (w / spectral_norm(w) * times).sum().item<double>(); };
  constexpr double small = 1e-5;
  for (int64_t i = 0; i < start.numel(); ++i) {
    Tensor more = start.clone(), less = start.clone();
    more.view(-1)[i] += small;
    less.view(-1)[i] -= small;
    EXPECT_NEAR(gradient.view(-1)[i].item<double>(), (value(more) - value(less)) / (2 * small), 1e-6) << i;
  }
}

// d(x, c) from the weights and their singular values, once the power iterations have settled.
TEST(ProjectionDiscriminator, IsThatOfMiyatoAndKoyama) {
  at::manual_seed(4);
  ProjectionDiscriminator d(Space::picture(1, 8, 16), {{4, 6}}, {.depth = 2, .classes = 3});
  const Tensor x = at::randn({3, 1, 8, 16});
  const Tensor classes = at::eye(3);
  for (int i = 0; i < 400; ++i) static_cast<void>(d.forward(x, classes));
  d.train(false);
  const auto weight = [&](const std::string& name) {
    const Tensor w = parameter_of(d, name + "weight");
    return w.detach() / spectral_norm(w);
  };
  Tensor h = x;
  for (int64_t layer = 0; layer < 4; ++layer) {
    const std::string name = "conv" + std::to_string(layer) + ".";
    const Tensor bias = parameter_of(d, name + "bias");
    h = at::leaky_relu(at::conv2d(h, weight(name + "spectral."), bias, layer % 2 == 1 ? 2 : 1, 1), 0.1);
  }
  EXPECT_EQ(h.sizes().vec(), (std::vector<int64_t>{3, 6, 2, 4}));
  const Tensor phi = h.sum({2, 3});
  const Tensor plain = phi.matmul(weight("head.spectral.").t()).squeeze(1) + parameter_of(d, "head.bias");
  const Tensor of_labels = phi.matmul(weight("labels.").t()).diag();
  EXPECT_TRUE(at::allclose(d.forward(x, classes), plain + of_labels, 1e-2, 1e-3));
  EXPECT_TRUE(at::allclose(d.forward(x, at::zeros({3, 3})), plain, 1e-2, 1e-3)) << "no label, no projection";
}

TEST(ProjectionDiscriminator, JudgesEachExampleAlone) {
  at::manual_seed(5);
  for (const Space& space : {Space::picture(3, 16, 8), Space::row(7)}) {
    ProjectionDiscriminator d(space, {{4, 6}}, {.widths = {5}, .classes = 2});
    d.train(false);
    const Tensor x = at::randn(space.batch(4)), classes = at::eye(2).repeat({2, 1});
    EXPECT_TRUE(at::allclose(d.forward(x, classes).slice(0, 1, 2), d.forward(x.slice(0, 1, 2), classes.slice(0, 1, 2)),
                             1e-4, 1e-5));
  }
}

}  // namespace
}  // namespace refract
