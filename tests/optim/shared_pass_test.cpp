#include "refract/optim/shared_pass.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/ops/randn.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include "refract/nn/density_ratio.h"
#include "refract/nn/networks.h"

namespace refract {
namespace {

using Tensors = std::vector<Tensor>;

constexpr int64_t kPairs = 6;

class SharedPasses : public testing::Test {
 protected:
  explicit SharedPasses(const Architecture& architecture = {{16, 16}})
      : discriminator_(seeded(), architecture, {4}, {.features = 32, .dropout = 0.25}) {
    images_ = at::randn({kPairs, 3, 8, 8}).requires_grad_();
    codes_ = at::randn({kPairs, 4}).requires_grad_();
  }

  static Space seeded() {
    at::manual_seed(1);
    return Space::square(3, 8);
  }

  // A function of the verdicts in which every row weighs differently.
  static Tensor wish(const Tensor& verdicts) { return (verdicts * weights()).sum() + verdicts.square().mean(); }
  static Tensor weights() { return at::randn({kPairs}, at::make_generator<at::CPUGeneratorImpl>(3)); }

  [[nodiscard]] Tensor judge(const Tensors& inputs) const {
    at::manual_seed(7);  // the same dropout in every pass
    return discriminator_.forward(inputs[0], {inputs[1]}) * factor_;
  }

  // As one would write it: a pass for each player.
  [[nodiscard]] Tensors two_passes() const {
    Tensors all = torch::autograd::grad({wish(judge({images_, codes_}))}, {images_, codes_});
    const Tensor loss = ratio_loss(judge({images_.detach(), codes_.detach()}));
    for (const Tensor& gradient : torch::autograd::grad({loss}, discriminator_.parameters())) all.push_back(gradient);
    return all;
  }

  [[nodiscard]] Tensors one_pass(bool mixes) const {
    const SharedPass pass = shared_pass(
        {images_, codes_}, discriminator_.parameters(), [&](const Tensors& inputs) { return judge(inputs); },
        ratio_loss, mixes);
    Tensors all = torch::autograd::grad({wish(pass.verdicts)}, {images_, codes_}, {}, true);
    for (const Tensor& gradient : torch::autograd::grad({pass.loss}, discriminator_.parameters()))
      all.push_back(gradient);
    return all;
  }

  // Rounding in convolutions is up to about 1e-5 of the largest value, see winograd_convolution.h.
  static bool same(const Tensor& found, const Tensor& expected) {
    return found.allclose(expected, 1e-4, 1e-5 * expected.abs().max().item<double>());
  }

  void expect_the_same() const {
    const Tensors expected = two_passes();
    const Tensors found = one_pass(discriminator_.mixes_examples());
    ASSERT_EQ(found.size(), expected.size());
    for (size_t i = 0; i < found.size(); ++i) EXPECT_TRUE(same(found[i], expected[i])) << i;
  }

  Discriminator discriminator_;
  Tensor images_, codes_;
  double factor_ = 1;
};

TEST_F(SharedPasses, GradientsAreThoseOfTwoPasses) {
  expect_the_same();
}

// Where the discriminator is certain, its own gradient underflows, but that of the model must not.
TEST_F(SharedPasses, GradientsOfTheModelSurviveACertainDiscriminator) {
  factor_ = 1e4;
  ASSERT_GT(judge({images_, codes_}).abs().min().item<double>(), 100);
  expect_the_same();
}

class MixingPasses : public SharedPasses {
 protected:
  MixingPasses() : SharedPasses({{16, 16}, Architecture::Style::normed5}) {}
};

// A verdict's gradient reaches other rows there, so that scaling rows would be wrong.
TEST_F(MixingPasses, GradientsAreThoseOfTwoPassesIfItIsSaid) {
  expect_the_same();
  EXPECT_FALSE(same(one_pass(false).at(0), two_passes().at(0)));
}

TEST_F(SharedPasses, EachResultReachesItsOwnSideOnly) {
  const SharedPass pass = shared_pass(
      {images_, codes_.detach()}, discriminator_.parameters(), [&](const Tensors& inputs) { return judge(inputs); },
      ratio_loss);
  EXPECT_TRUE(pass.verdicts.equal(judge({images_, codes_})));
  EXPECT_EQ(pass.loss.item<float>(), ratio_loss(judge({images_, codes_})).item<float>());
  pass.verdicts.sum().backward({}, true);
  for (const Tensor& parameter : discriminator_.parameters()) EXPECT_FALSE(parameter.grad().defined());
  images_.mutable_grad() = Tensor();
  pass.loss.backward();
  EXPECT_FALSE(images_.grad().defined());
  EXPECT_TRUE(discriminator_.parameters().at(0).grad().defined());
}

}  // namespace
}  // namespace refract
