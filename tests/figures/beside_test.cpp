#include "refract/figures/beside.h"

#include <ATen/ops/equal.h>
#include <ATen/ops/full.h>
#include <gtest/gtest.h>

#include "refract/core/errors.h"

namespace refract {
namespace {

Figure plain(int64_t height, int64_t width, const std::vector<int>& grays) {
  Figure figure{"name", "title", "caption", {}};
  for (const int gray : grays) figure.frames.push_back(at::full({3, height, width}, gray, at::kByte));
  return figure;
}

TEST(Beside, EveryFigureStandsWholeUnderItsName) {
  const Figure together = beside({{"left", plain(30, 40, {10})}, {"right", plain(50, 20, {200})}});
  EXPECT_EQ(together.name, "name");
  ASSERT_EQ(together.frames.size(), 1);
  const Tensor& frame = together.frames[0];
  EXPECT_EQ((frame == 10).sum().item<int64_t>(), 3 * 30 * 40);
  EXPECT_EQ((frame == 200).sum().item<int64_t>(), 3 * 50 * 20);
  EXPECT_GT(frame.size(1), 50);
  EXPECT_GT(frame.size(2), 60);
}

TEST(Beside, ShorterAnimationsBeginAgain) {
  const Figure together = beside({{"a", plain(30, 40, {10, 20, 30})}, {"b", plain(30, 40, {100, 110})}});
  ASSERT_EQ(together.frames.size(), 3);
  EXPECT_TRUE((together.frames[2] == 30).any().item<bool>());
  EXPECT_TRUE((together.frames[2] == 100).any().item<bool>());
  EXPECT_FALSE((together.frames[1] == 100).any().item<bool>());
}

TEST(Beside, NothingIsRefused) {
  EXPECT_THROW(beside({}), BadInput);
  EXPECT_THROW(beside({{"a", plain(3, 4, {})}}), BadInput);
}

}  // namespace
}  // namespace refract
