#include "refract/nn/networks.h"

#include <ATen/ops/conv2d.h>
#include <ATen/ops/conv_transpose2d.h>
#include <ATen/ops/leaky_relu.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/randn.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "refract/core/errors.h"

namespace refract {
namespace {

const Space kShape = Space::square(3, 16);
const Architecture kPooled{{4, 6}};

TEST(Networks, SizesMustHalveEvenly) {
  EXPECT_EQ(coarsest_extent(Space::square(3, 64), {16, 32, 64, 128}), (Extent{4, 4}));
  EXPECT_EQ(coarsest_extent(Space::picture(3, 96, 64), {8, 8, 8}), (Extent{12, 8}));
  EXPECT_EQ(coarsest_extent(Space::square(3, 48), {16, 32, 64, 128}), (Extent{3, 3}));
  EXPECT_THROW(coarsest_extent(Space::picture(3, 64, 20), {8, 8, 8}), BadInput);
  EXPECT_THROW(coarsest_extent(Space::square(3, 20), {8, 8, 8}), BadInput);
  EXPECT_THROW(coarsest_extent(Space::square(3, 8), {8, 8, 8}), BadInput);
  EXPECT_THROW(coarsest_extent(Space::square(3, 8), {}), BadInput);
}

TEST(Networks, ShapesAreAsStated) {
  at::manual_seed(6);
  const Tensor images = at::rand({5, 3, 16, 16}) * 2 - 1;
  const Gaussian posterior = Encoder(kShape, kPooled, 7).forward(images);
  EXPECT_EQ(posterior.mean.sizes(), at::IntArrayRef({5, 7}));
  EXPECT_EQ(posterior.log_variance.sizes(), at::IntArrayRef({5, 7}));
  EXPECT_LE(posterior.log_variance.abs().max().item<float>(), 8);
  EXPECT_NEAR(posterior.log_variance.mean().item<float>(), -2, 0.5);
  EXPECT_EQ(make_generator(kShape, kPooled, 7, Output::linear)->forward(at::randn({5, 7})).sizes(),
            at::IntArrayRef({5, 3, 16, 16}));
  const Discriminator d(kShape, kPooled, {7, 3}, {.features = 8, .dropout = 0.25});
  EXPECT_EQ(d.forward(images, {at::randn({5, 7}), at::randn({5, 3})}).sizes(), at::IntArrayRef({5}));
}

// The same weights with another end: leaky follows linear inside [-1, 1] and a tenth of it outside.
TEST(Networks, GeneratorEndsAsAsked) {
  const Tensor codes = at::randn({20, 7}) * 30;
  const auto images = [&](Output output) {
    at::manual_seed(9);
    const auto generator = make_generator(kShape, kPooled, 7, output);
    for (Tensor& p : generator->parameters()) p.detach().mul_(3);
    return generator->forward(codes).detach();
  };
  const Tensor linear = images(Output::linear);
  ASSERT_GT(linear.max().item<float>(), 1.5F);
  ASSERT_LT(linear.min().item<float>(), -1.5F);
  EXPECT_TRUE(images(Output::tanh).allclose(linear.tanh()));
  const Tensor excess = linear - linear.clamp(-1, 1);
  EXPECT_TRUE(images(Output::leaky).allclose(linear.clamp(-1, 1) + 0.1 * excess, 1e-4, 1e-5));
}

// Layer by layer in plain operations and the order of features that checkpoints have: channels, rows, columns.
TEST(Networks, StridedAreThePapersLayers) {
  at::manual_seed(10);
  const Architecture strided{{16, 32}, Architecture::Style::strided, {}, 24};
  const Tensor images = at::rand({5, 3, 16, 16}) * 2 - 1;
  const auto trunk = make_trunk(kShape, strided);
  const auto of_trunk = trunk->named_parameters();
  const auto down = [&](const Tensor& x, const std::string& name) {
    return at::conv2d(x, of_trunk[name + ".weight"], of_trunk[name + ".bias"], 2, 1);
  };
  Tensor x = at::leaky_relu(down(down(images, "conv0").relu(), "conv1"), 0.1);
  x = at::leaky_relu(at::linear(x.flatten(1), of_trunk["hidden.weight"], of_trunk["hidden.bias"]), 0.1);
  EXPECT_TRUE(trunk->forward(images).allclose(x, 1e-4, 1e-5));

  const auto generator = make_generator(kShape, strided, 7, Output::linear);
  const auto of_generator = generator->named_parameters();
  const auto weight = [&](const std::string& name) { return of_generator[name + ".weight"]; };
  const auto bias = [&](const std::string& name) { return of_generator[name + ".bias"]; };
  const Tensor codes = at::randn({5, 7});
  Tensor y = at::linear(codes, weight("hidden"), bias("hidden")).relu();
  y = at::linear(y, weight("entry"), bias("entry")).relu().view({5, 32, 4, 4});
  y = at::conv_transpose2d(y, weight("conv0"), bias("conv0"), 2, 1).relu();
  y = at::conv_transpose2d(y, weight("conv1"), bias("conv1"), 2, 1);
  EXPECT_TRUE(generator->forward(codes).allclose(y, 1e-4, 1e-5));
}

// No layer mixes samples: what a sample gives does not depend on the batch it came in.
TEST(Networks, SamplesDoNotMix) {
  at::manual_seed(7);
  const Tensor images = at::rand({4, 3, 16, 16}) * 2 - 1;
  const Encoder encoder(kShape, kPooled, 7);
  const Tensor together = encoder.forward(images).mean;
  EXPECT_TRUE(together.slice(0, 2, 3).allclose(encoder.forward(images.slice(0, 2, 3)).mean, 1e-4, 1e-5));
}

// Without dropout the output is deterministic; with it, each of the three groups is missing in a share of the samples.
TEST(Networks, DiscriminatorDropsWholeGroups) {
  at::manual_seed(8);
  const Tensor images = (at::rand({1, 3, 16, 16}) * 2 - 1).expand({400, -1, -1, -1});
  const Tensor code = at::randn({1, 7}).expand({400, -1});
  const auto distinct = [&](double dropout) {
    const Discriminator d(kShape, kPooled, {7}, {.features = 8, .dropout = dropout});
    std::set<int64_t> seen;
    const Tensor out = d.forward(images, {code});
    for (int64_t i = 0; i < out.size(0); ++i) seen.insert(std::llround(out[i].item<double>() * 1e4));
    return seen.size();
  };
  EXPECT_LE(distinct(0), 2U);     // one value, give or take its last digit
  EXPECT_GE(distinct(0.25), 4U);  // both, image alone, code alone, none
}

}  // namespace
}  // namespace refract
