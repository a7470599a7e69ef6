// What modules keep beside their parameters, and how they behave in training and in use.
#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include "refract/methods/method.h"
#include "refract/nn/module.h"
#include "refract/train/checkpoint.h"
#include "tests/support/surroundings.h"

namespace refract {
namespace {

// Subtracts a running mean, which moves a tenth of the way to each batch's mean in training.
class Centred : public torch::nn::Module {
 public:
  Centred() : running_(register_buffer("running", at::zeros({1}))) {}
  Tensor forward(const Tensor& x) {
    if (is_training()) running_.lerp_(x.detach().mean().view({1}), 0.1);
    return x - running_;
  }

 private:
  Tensor running_;
};

class WithBuffer : public Method {
 public:
  WithBuffer() {
    player_.own("centred", centred_);
    player_.own("w", w_);
  }
  [[nodiscard]] const Space& space() const override { return space_; }
  [[nodiscard]] const std::vector<Block>& blocks() const override { return blocks_; }
  [[nodiscard]] Codes encode(const Examples& examples) const override { return {centred_.forward(examples.x)}; }
  [[nodiscard]] Tensor decode(const Codes& codes) const override { return codes.at(0); }
  [[nodiscard]] Needs needs() const override { return {}; }
  [[nodiscard]] std::vector<Player*> players() override { return {&player_}; }
  Scalars step(const Batch& batch, Update& update) override {
    const Tensor loss = (w_ - centred_.forward(batch.main.x)).square().mean();
    update.descend({{player_, loss}});
    return {{"loss", loss.detach()}};
  }

 private:
  Space space_ = Space::row(1);
  std::vector<Block> blocks_ = {{"x", 1, Role::whole}};
  mutable Centred centred_;
  Tensor w_ = at::zeros({1}).requires_grad_();
  Player player_{"model", Adam{.learning_rate = 0.1}};
};

void go(WithBuffer& method, int from, int to) {
  method.train(true);
  for (int step = from; step < to; ++step) {
    Batch batch;
    batch.main.x = at::full({4, 1}, step + 1.0);
    Update update;
    method.step(batch, update);
  }
}

TEST(Buffers, AreWeightsOfACheckpoint) {
  const testing_support::TempFolder folder;
  WithBuffer whole, first, resumed;
  go(whole, 0, 6);
  go(first, 0, 3);
  save_checkpoint(folder / "step", first, {3, "any", 1, "any"});
  load_checkpoint(folder / "step", "any", resumed, true);
  go(resumed, 3, 6);
  const NamedTensors expected = whole.players().at(0)->weights(), found = resumed.players().at(0)->weights();
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found.at(1).first, "model/centred.running");
  for (size_t i = 0; i < found.size(); ++i) EXPECT_TRUE(found[i].second.equal(expected[i].second)) << found[i].first;
  EXPECT_NE(found.at(1).second.item<float>(), 0);
}

TEST(Buffers, StayInUse) {
  WithBuffer method;
  go(method, 0, 3);
  method.train(false);
  const Tensor before = method.players().at(0)->buffers().at(0).second.clone();
  const Tensor x = at::full({2, 1}, 100.0);
  EXPECT_TRUE(method.encode(x).at(0).equal(method.encode(x.expand({2, 1})).at(0)));
  EXPECT_TRUE(method.players().at(0)->buffers().at(0).second.equal(before));
  method.train(true);
  static_cast<void>(method.encode(x));
  EXPECT_FALSE(method.players().at(0)->buffers().at(0).second.equal(before));
}

}  // namespace
}  // namespace refract
