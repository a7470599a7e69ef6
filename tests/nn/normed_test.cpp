// Networks with batch normalisation, and what may be added to the maps of any network.
#include "refract/nn/normed.h"

#include <ATen/ops/conv2d.h>
#include <ATen/ops/conv_transpose2d.h>
#include <ATen/ops/leaky_relu.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/zeros.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "refract/core/errors.h"
#include "refract/nn/generator.h"
#include "refract/nn/trunk.h"

namespace refract::normed_tests {
namespace {

using Style = Architecture::Style;

const Space kWide = Space::picture(3, 16, 24);

Architecture normed(Style style, double slope = 0) {
  Architecture architecture{{4, 6}, style};
  architecture.slope = slope;
  return architecture;
}

Tensor pictures(int64_t count) {
  return at::rand({count, 3, 16, 24}) * 2 - 1;
}

// By hand, over examples, rows and columns of each map.
Tensor normalised(const Tensor& x) {
  const Tensor mean = x.mean({0, 2, 3}, true);
  const Tensor variance = (x - mean).square().mean({0, 2, 3}, true);
  return (x - mean) / (variance + 1e-5).sqrt();
}

TEST(BatchNorm, TakesTheBatchsStatisticsInTrainingAndTheRunningOnesInUse) {
  at::manual_seed(1);
  BatchNorm norm(3);
  const Tensor x = at::randn({5, 3, 4, 6}) * 2 + 1;
  EXPECT_TRUE(norm.forward(x).allclose(normalised(x), 1e-4, 1e-5));
  const auto running = norm.named_buffers();
  const Tensor variance = x.var({0, 2, 3}, true, false);  // unbiased
  EXPECT_TRUE(running["mean"].allclose(0.1 * x.mean({0, 2, 3}), 1e-4, 1e-6));
  EXPECT_TRUE(running["variance"].allclose(0.9 + 0.1 * variance, 1e-4, 1e-6));
  norm.train(false);
  const Tensor before = running["mean"].clone();
  const Tensor expected =
      (x - running["mean"].view({1, 3, 1, 1})) / (running["variance"].view({1, 3, 1, 1}) + 1e-5).sqrt();
  EXPECT_TRUE(norm.forward(x).allclose(expected, 1e-4, 1e-5));
  EXPECT_TRUE(running["mean"].equal(before));
}

TEST(Normed, LayersHalveAsThePaperSays) {
  const auto five = normed_layers(normed(Style::normed5), 3);
  ASSERT_EQ(five.size(), 2U);
  EXPECT_EQ(five[1].kernel.side, 5);
  EXPECT_EQ(five[1].kernel.stride, 2);
  const auto three = normed_layers(normed(Style::normed3), 3);
  ASSERT_EQ(three.size(), 4U);
  for (size_t i = 0; i < three.size(); ++i) {
    EXPECT_EQ(three[i].kernel.side, 3);
    EXPECT_EQ(three[i].kernel.stride, i % 2 == 0 ? 1 : 2);
  }
  const auto back = mirrored(three);
  EXPECT_TRUE(back[0].kernel.transposed);
  EXPECT_FALSE(back[3].kernel.transposed);
  EXPECT_EQ(back[3].out, 3);
}

// Layer by layer in plain operations, in training mode.
TEST(Normed, TrunksAreThePapersLayers) {
  for (const Style style : {Style::normed5, Style::normed3}) {
    at::manual_seed(2);
    const Architecture architecture = normed(style, 0.2);
    const auto trunk = make_trunk(kWide, architecture);
    const auto weights = trunk->named_parameters();
    Tensor x = pictures(5);
    const Tensor found = trunk->forward(x);
    int64_t i = 0;
    for (const NormedLayer& layer : normed_layers(architecture, 3)) {
      const Tensor weight = weights[fmt::format("conv{}.conv.weight", i++)];
      x = at::leaky_relu(normalised(at::conv2d(x, weight, {}, layer.kernel.stride, layer.kernel.side / 2)), 0.2);
    }
    EXPECT_EQ(x.sizes().vec(), (std::vector<int64_t>{5, 6, 4, 6}));
    EXPECT_EQ(trunk->features(), 6 * 4 * 6);
    EXPECT_TRUE(found.allclose(x.flatten(1), 1e-3, 1e-4)) << static_cast<int>(style);
  }
}

TEST(Normed, GeneratorsMirrorThem) {
  at::manual_seed(3);
  const Tensor codes = at::randn({5, 7});
  const auto five = make_generator(kWide, normed(Style::normed5), 7, Output::linear);
  auto of = five->named_parameters();
  Tensor y = at::linear(codes, of["entry.weight"], of["entry.bias"]).view({5, 6, 4, 6});
  y = normalised(at::conv_transpose2d(y, of["conv0.conv.weight"], {}, 2, 2, 1)).relu();
  y = at::conv_transpose2d(y, of["exit.weight"], of["exit.bias"], 2, 2, 1);
  EXPECT_EQ(y.sizes().vec(), kWide.batch(5));
  EXPECT_TRUE(five->forward(codes).allclose(y, 1e-3, 1e-4));

  const auto three = make_generator(kWide, normed(Style::normed3), 7, Output::linear);
  of = three->named_parameters();
  y = at::linear(codes, of["entry.weight"], of["entry.bias"]).view({5, 6, 4, 6});
  y = normalised(at::conv_transpose2d(y, of["conv0.conv.weight"], {}, 2, 1, 1)).relu();
  y = normalised(at::conv2d(y, of["conv1.conv.weight"], {}, 1, 1)).relu();
  y = normalised(at::conv_transpose2d(y, of["conv2.conv.weight"], {}, 2, 1, 1)).relu();
  y = at::conv2d(y, of["exit.weight"], of["exit.bias"], 1, 1);
  EXPECT_EQ(y.sizes().vec(), kWide.batch(5));
  EXPECT_TRUE(three->forward(codes).allclose(y, 1e-3, 1e-4));
}

TEST(Normed, OddSidesAreRefusedInASentence) {
  for (const Style style : {Style::normed5, Style::normed3}) {
    EXPECT_THROW(make_trunk(Space::picture(3, 16, 18), normed(style)), BadInput);
    EXPECT_THROW(make_generator(Space::picture(3, 16, 18), normed(style), 7, Output::linear), BadInput);
  }
}

// In training an example's features depend on its batch, in use they do not.
TEST(Normed, ExamplesMixInTrainingAlone) {
  at::manual_seed(4);
  const Tensor x = pictures(4);
  for (const Style style : {Style::normed5, Style::normed3}) {
    const auto trunk = make_trunk(kWide, normed(style));
    const auto differs = [&] {
      return (trunk->forward(x).slice(0, 1, 2) - trunk->forward(x.slice(0, 1, 2))).abs().max().item<double>();
    };
    EXPECT_GT(differs(), 1e-2);
    trunk->train(false);
    EXPECT_LT(differs(), 1e-4);
    EXPECT_TRUE(normed(style).mixes_examples(kWide));
    EXPECT_FALSE(normed(style).mixes_examples(Space::row(5))) << "rows get dense layers";
  }
}

std::vector<std::pair<Architecture, Space>> all_styles() {
  Architecture strided{{4, 6}, Style::strided};
  strided.hidden = 12;
  Architecture dense{{}, Style::dense};
  dense.dense_widths = {8, 6, 5};
  return {{{{4, 6}}, kWide},
          {strided, kWide},
          {normed(Style::normed5), kWide},
          {normed(Style::normed3), kWide},
          {dense, Space::row(9)}};
}

// What is added reaches its own example, from each layer; nothing added is nothing changed.
TEST(Trunks, TakeNumbersForTheirMaps) {
  for (const auto& [architecture, space] : all_styles()) {
    at::manual_seed(5);
    const auto trunk = make_trunk(space, architecture);
    trunk->train(false);
    const Tensor x = at::rand(space.batch(3)) * 2 - 1;
    const Tensor plain = trunk->forward(x);
    std::vector<Tensor> added;
    for (const int64_t maps : trunk->maps()) added.push_back(at::zeros({3, maps}));
    EXPECT_TRUE(trunk->forward(x, 0, added).allclose(plain, 1e-5, 1e-6));
    for (Tensor& layer : added) {
      layer.select(0, 1).fill_(1);
      const Tensor moved = (trunk->forward(x, 0, added) - plain).abs().amax(1);
      EXPECT_GT(moved[1].item<double>(), 1e-3) << static_cast<int>(architecture.style);
      EXPECT_LT(moved[0].item<double>() + moved[2].item<double>(), 1e-4);
      layer.zero_();
    }
  }
}

// As if each part had a layer of its own: a few dimensions count as much as many.
TEST(Generators, BalanceTheirCodes) {
  for (const auto& [architecture, space] : all_styles()) {
    at::manual_seed(6);
    const auto generator = make_generator(space, architecture, 200, Output::linear);
    generator->balance({20, 180});
    Tensor first;
    for (const auto& item : generator->named_parameters())
      if (item.value().dim() == 2 && item.value().size(1) == 200) first = item.value().detach();
    ASSERT_TRUE(first.defined());
    const double few = first.slice(1, 0, 20).square().sum().item<double>();
    const double many = first.slice(1, 20).square().sum().item<double>();
    EXPECT_NEAR(few / many, 1, 0.5) << static_cast<int>(architecture.style);
  }
}

}  // namespace
}  // namespace refract::normed_tests
