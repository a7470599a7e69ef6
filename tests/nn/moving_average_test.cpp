#include <ATen/ops/allclose.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/randn.h>
#include <gtest/gtest.h>

#include "refract/nn/moving_average.h"
#include "refract/optim/player.h"

namespace refract {
namespace {

std::shared_ptr<Generator> averaged_generator() {
  return make_generator(Space::square(1, 8), {{3, 4}, Architecture::Style::normed5}, 2, Output::linear);
}

// Every weight and statistic, which a player stores as buffers.
TEST(MovingAverage, FollowsAtItsPaceAndIsStored) {
  at::manual_seed(1);
  const auto live = averaged_generator();
  MovingAverage average(live, averaged_generator(), 0.75);
  Player player("p", {});
  player.own("average", average);
  EXPECT_TRUE(player.parameters().empty());
  std::vector<Tensor> of_live;
  for (const Tensor& parameter : live->parameters()) of_live.push_back(parameter);
  for (const Tensor& buffer : live->buffers()) of_live.push_back(buffer);
  ASSERT_EQ(player.buffers().size(), of_live.size());
  std::vector<Tensor> before;
  for (size_t i = 0; i < of_live.size(); ++i) {
    before.push_back(player.buffers()[i].second.clone());
    EXPECT_TRUE(at::equal(before[i], of_live[i])) << "it starts as the generator does";
  }
  const at::NoGradGuard no_grad;
  for (Tensor& tensor : of_live) tensor.add_(1);
  average.follow();
  for (size_t i = 0; i < of_live.size(); ++i)
    EXPECT_TRUE(at::allclose(player.buffers()[i].second, before[i] + 0.25, 1e-5, 1e-6)) << player.buffers()[i].first;
}

TEST(MovingAverage, ItsGeneratorIsTheOneThatIsStored) {
  at::manual_seed(2);
  MovingAverage average(averaged_generator(), averaged_generator(), 0.5);
  const at::NoGradGuard no_grad;
  const Tensor codes = at::randn({3, 2});
  const Tensor before = average.generator().forward(codes);
  EXPECT_FALSE(before.requires_grad());
  for (const Tensor& buffer : average.buffers()) Tensor(buffer).add_(0.1);
  EXPECT_FALSE(at::allclose(average.generator().forward(codes), before));
}

}  // namespace
}  // namespace refract
