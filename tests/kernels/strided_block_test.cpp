#include <ATen/Parallel.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/randn_like.h>
#include <ATen/ops/zeros.h>

#include <optional>

#include "refract/kernels/conv_block.h"
#include "refract/kernels/slice_convolution.h"
#include "tests/kernels/support.h"

namespace refract {
namespace {

using testing_support::Case;
using testing_support::expect_equal;
using testing_support::for_every_isa;
using testing_support::Results;

using Slope = std::optional<double>;
using StridedBlock = Tensor (*)(const Tensor&, const Tensor&, const Tensor&, Slope);

struct Pair {
  bool transposed;
  StridedBlock fast, plain;
};
const Pair kStrided{false, strided_block, strided_reference};
const Pair kTransposed{true, transposed_block, transposed_reference};

// The gradient of a squared output vanishes where LeakyReLU has its kink, and rounding decides on the side.
Results run_strided(const Case& c, bool transposed, StridedBlock block, Slope slope,
                    at::MemoryFormat format = at::MemoryFormat::ChannelsLast) {
  at::manual_seed(5);
  const Tensor x = at::randn({c.images, c.in, c.height, c.width}).contiguous(format).requires_grad_();
  const Tensor weight = (transposed ? at::randn({c.in, c.out, 4, 4}) : at::randn({c.out, c.in, 4, 4})).requires_grad_();
  const Tensor bias = at::randn({c.out}).requires_grad_();
  const Tensor y = block(x, weight, bias, slope);
  (y.square() * at::randn_like(y, at::MemoryFormat::Contiguous)).sum().backward();
  return {y.detach(), x.grad(), weight.grad(), bias.grad()};
}

class StridedBlocks : public testing::TestWithParam<Case> {};

void expect_agreement(const Case& c, const Pair& pair) {
  for (const Slope slope : {Slope(), Slope(0), Slope(0.1)}) {
    const Results expected = run_strided(c, pair.transposed, pair.plain, slope);
    for_every_isa([&] { expect_equal(run_strided(c, pair.transposed, pair.fast, slope), expected); });
    expect_equal(run_strided(c, pair.transposed, pair.fast, slope, at::MemoryFormat::Contiguous), expected);
  }
}

// Each case strided, and transposed the other way round: the images of a case are the fine ones.
TEST_P(StridedBlocks, AgreeWithTheReference) {
  expect_agreement(GetParam(), kStrided);
}

TEST_P(StridedBlocks, TransposedAgreeWithTheReference) {
  Case c = GetParam();
  std::swap(c.in, c.out);
  c.height /= 2;
  c.width /= 2;
  expect_agreement(c, kTransposed);
}

// One image and many, numbers of images that no slice divides, sizes that tiles fill and leave partly empty, fewer
// pixels than weights and more, the few channels of images, and channels that no vector holds.
INSTANTIATE_TEST_SUITE_P(Random, StridedBlocks,
                         testing::Values(Case{1, 16, 16, 2, 2}, Case{3, 32, 48, 4, 4}, Case{37, 16, 32, 6, 6},
                                         Case{5, 64, 64, 10, 10}, Case{2, 48, 16, 12, 8}, Case{65, 32, 64, 8, 8},
                                         Case{2, 32, 32, 32, 32}, Case{37, 16, 16, 12, 10}, Case{9, 16, 32, 24, 24},
                                         Case{7, 1, 32, 10, 6}, Case{2, 3, 16, 16, 16}, Case{1, 1, 16, 2, 2},
                                         Case{3, 4, 48, 4, 8}, Case{2, 20, 16, 6, 4}, Case{2, 16, 5, 8, 6}));

// Otherwise the tests above would compare the reference with itself.
TEST(StridedBlock, FastLoopsServeTheUsualChannels) {
  for (const int64_t fine : {1, 3, 16, 32, 48, 64})
    for (const int64_t coarse : {16, 32, 64}) {
      EXPECT_NE(SliceConvolution::of({fine, coarse, 8, 8, Filter::strided}), nullptr) << fine << ' ' << coarse;
      EXPECT_NE(SliceConvolution::of({coarse, fine, 8, 8, Filter::transposed}), nullptr) << fine << ' ' << coarse;
    }
}

TEST(StridedBlock, OddSizesAreTheReferences) {
  const Case c{2, 16, 16, 7, 4};
  expect_equal(run_strided(c, false, strided_block, 0), run_strided(c, false, strided_reference, 0));
}

TEST(StridedBlock, GivesTheSameOnAnyNumberOfThreads) {
  const int threads = at::get_num_threads();
  for (const Case& c : {Case{24, 16, 32, 16, 16}, Case{24, 64, 64, 4, 4}})
    for (const Pair& pair : {kStrided, kTransposed}) {
      at::set_num_threads(1);
      const Results alone = run_strided(c, pair.transposed, pair.fast, 0);
      at::set_num_threads(3);
      const Results together = run_strided(c, pair.transposed, pair.fast, 0);
      EXPECT_TRUE(alone.y.equal(together.y));
      EXPECT_TRUE(alone.x.equal(together.x));
      EXPECT_TRUE(alone.weight.equal(together.weight));
      EXPECT_TRUE(alone.bias.equal(together.bias));
    }
  at::set_num_threads(threads);
}

TEST(StridedBlock, KeepsDoublePrecision) {
  const Tensor x = at::randn({1, 16, 4, 4}, at::kDouble);
  const Tensor weight = at::randn({16, 16, 4, 4}, at::kDouble);
  const Tensor bias = at::zeros({16}, at::kDouble);
  EXPECT_TRUE(strided_block(x, weight, bias, 0).equal(strided_reference(x, weight, bias, 0)));
  EXPECT_TRUE(transposed_block(x, weight, bias, 0).equal(transposed_reference(x, weight, bias, 0)));
}

}  // namespace
}  // namespace refract
