#include "refract/kernels/conv_block.h"

#include <ATen/Parallel.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/leaky_relu.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/randn_like.h>
#include <ATen/ops/upsample_nearest2d.h>
#include <ATen/ops/zeros.h>
#include <torch/csrc/autograd/autograd.h>

#include <vector>

#include "refract/kernels/slice_convolution.h"
#include "tests/kernels/support.h"

namespace refract {
namespace {

using testing_support::Case;
using testing_support::expect_equal;
using testing_support::for_every_isa;
using testing_support::Results;

constexpr double kSlope = 0.2;

struct Inputs {
  Tensor x, weight, bias;
};

Inputs inputs(const Case& c) {
  at::manual_seed(5);
  return {at::randn({c.images, c.in, c.height, c.width}).contiguous(at::MemoryFormat::ChannelsLast),
          at::randn({c.out, c.in, 3, 3}) / 3, at::randn({c.out})};
}

// Of a weighted sum of the outputs, so that every output has a gradient of its own.
template <class Function>
Results run(const Case& c, Function function, at::MemoryFormat format = at::MemoryFormat::ChannelsLast) {
  const Inputs of = inputs(c);
  const Tensor x = of.x.contiguous(format).requires_grad_();
  const Tensor weight = of.weight.requires_grad_();
  const Tensor bias = of.bias.requires_grad_();
  const Tensor y = function(x, weight, bias);
  (y * at::randn_like(y, at::MemoryFormat::Contiguous)).sum().backward();
  return {y.detach(), x.grad(), weight.grad(), bias.grad()};
}

// By how much pixel normalisation lifts the faintest pixel, and the rounding in it, above the usual one.
double lift(const Case& c, Resample resample) {
  const Inputs of = inputs(c);
  const Tensor large = resample == Resample::up ? at::upsample_nearest2d(of.x, {2 * c.height, 2 * c.width}) : of.x;
  const Tensor pixels = at::leaky_relu(at::conv2d(large, of.weight, of.bias, 1, 1), kSlope).square().mean(1).rsqrt();
  return (pixels.max() / pixels.mean()).item<double>();
}

class ConvBlocks : public testing::TestWithParam<Case> {};

TEST_P(ConvBlocks, AgreeWithTheReference) {
  for (const Resample resample : {Resample::none, Resample::up, Resample::down}) {
    SCOPED_TRACE(static_cast<int>(resample));
    const bool odd = GetParam().height % 2 != 0 || GetParam().width % 2 != 0;
    if (resample == Resample::down && odd) continue;
    const auto fused = [=](const auto&... tensors) { return conv_block(tensors..., kSlope, resample); };
    const auto plain = [=](const auto&... tensors) { return conv_block_reference(tensors..., kSlope, resample); };
    const Results expected = run(GetParam(), plain);
    const double lifted = lift(GetParam(), resample);
    for_every_isa([&] { expect_equal(run(GetParam(), fused), expected, lifted); });
    expect_equal(run(GetParam(), fused, at::MemoryFormat::Contiguous), expected, lifted);
  }
}

// What the backward pass then computes again instead of finding it stored is as it was.
TEST_P(ConvBlocks, AgreeWhereImagesNeedNoGradient) {
  if (GetParam().height % 2 != 0 || GetParam().width % 2 != 0) return;  // halved by the reference alone
  const auto plain = [](const auto&... tensors) { return conv_block_reference(tensors..., kSlope, Resample::down); };
  const auto without = [](const Tensor& x, const Tensor& weight, const Tensor& bias) {
    return conv_block(x.detach(), weight, bias, kSlope, Resample::down);
  };
  const Results expected = run(GetParam(), plain);
  for_every_isa([&] {
    Results found = run(GetParam(), without);
    EXPECT_FALSE(found.x.defined());
    found.x = expected.x;
    expect_equal(found, expected, lift(GetParam(), Resample::down));
  });
}

// Images that are data have no gradient; all else is as it was.
TEST_P(ConvBlocks, DataHaveNoGradient) {
  const int64_t data = GetParam().images / 2 + 1;
  const auto block = [](int64_t count) {
    return [=](const auto&... tensors) { return conv_block(tensors..., kSlope, Resample::none, count); };
  };
  Results expected = run(GetParam(), block(0));
  expected.x.slice(0, 0, data).zero_();
  for_every_isa([&] { expect_equal(run(GetParam(), block(data)), expected, lift(GetParam(), Resample::none)); });
}

TEST_P(ConvBlocks, PlainConvolutionAgrees) {
  const Results expected = run(GetParam(), [](const auto&... tensors) { return at::conv2d(tensors..., 1, 1); });
  for_every_isa([&] { expect_equal(run(GetParam(), plain_convolution), expected); });
}

// Narrow and wide, odd sizes, one image, numbers of images that no slice divides, channels that no vector holds, and
// the few channels of images at either end; more weights than pixels, with one image and with several slices.
INSTANTIATE_TEST_SUITE_P(Random, ConvBlocks,
                         testing::Values(Case{1, 16, 16, 8, 8}, Case{3, 3, 16, 10, 6}, Case{2, 16, 3, 8, 12},
                                         Case{37, 16, 32, 6, 6}, Case{40, 32, 16, 4, 4}, Case{2, 1, 16, 9, 7},
                                         Case{5, 48, 4, 5, 3}, Case{1, 128, 128, 2, 2}, Case{2, 5, 7, 6, 4},
                                         Case{9, 64, 32, 1, 1}, Case{18, 16, 16, 20, 20}, Case{3, 20, 2, 11, 13},
                                         Case{21, 64, 128, 4, 6}, Case{3, 3, 32, 12, 40}, Case{2, 4, 16, 4, 4},
                                         Case{2, 48, 3, 8, 36}, Case{2, 2, 16, 8, 8}));

// Otherwise the tests above would compare the reference with itself.
TEST(ConvBlock, FastLoopsServeTheUsualChannels) {
  for (const int64_t channels : {1, 3, 16, 32, 48, 64, 128}) {
    EXPECT_NE(SliceConvolution::of({channels, 32, 8, 8, Filter::same}), nullptr) << channels;
    EXPECT_NE(SliceConvolution::of({16, channels, 8, 8, Filter::same}), nullptr) << channels;
  }
  EXPECT_NE(SliceConvolution::of({64, 32, 8, 8, Filter::up_sampled}), nullptr);
}

TEST(ConvBlock, GivesTheSameOnAnyNumberOfThreads) {
  const int threads = at::get_num_threads();
  for (const Resample resample : {Resample::up, Resample::down}) {
    const Case c{24, resample == Resample::up ? 16 : 3, 32, 16, 16};
    const auto fused = [&](const auto&... tensors) { return conv_block(tensors..., kSlope, resample); };
    at::set_num_threads(1);
    const Results alone = run(c, fused);
    at::set_num_threads(3);
    const Results together = run(c, fused);
    EXPECT_TRUE(alone.y.equal(together.y));
    EXPECT_TRUE(alone.x.equal(together.x));
    EXPECT_TRUE(alone.weight.equal(together.weight));
    EXPECT_TRUE(alone.bias.equal(together.bias));
  }
  at::set_num_threads(threads);
}

TEST(ConvBlock, GivesOnlyTheGradientsThatAreAskedFor) {
  const Tensor x = at::randn({2, 16, 8, 8});
  const Tensor weight = at::randn({16, 16, 3, 3}).requires_grad_();
  const Tensor bias = at::randn({16}).requires_grad_();
  conv_block(x, weight, bias, kSlope).sum().backward();
  EXPECT_FALSE(x.grad().defined());
  EXPECT_TRUE(weight.grad().defined());

  const Tensor of_x = at::randn({2, 16, 8, 8}).requires_grad_();
  const auto found = torch::autograd::grad({conv_block(of_x, weight, bias, kSlope, Resample::down).sum()}, {of_x});
  EXPECT_EQ(found.at(0).sizes(), of_x.sizes());
}

TEST(ConvBlock, TakesABatchOfNoImages) {
  const Tensor weight = at::randn({16, 3, 3, 3});
  const Tensor y = conv_block(at::randn({0, 3, 8, 8}), weight, at::zeros({16}), kSlope, Resample::down);
  EXPECT_EQ(y.sizes(), (std::vector<int64_t>{0, 16, 4, 4}));
}

TEST(ConvBlock, KeepsDoublePrecision) {
  const Tensor x = at::randn({1, 3, 4, 4}, at::kDouble);
  const Tensor weight = at::randn({2, 3, 3, 3}, at::kDouble);
  EXPECT_EQ(conv_block(x, weight, at::zeros({2}, at::kDouble), kSlope).scalar_type(), at::kDouble);
}

}  // namespace
}  // namespace refract
