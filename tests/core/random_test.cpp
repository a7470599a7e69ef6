#include "refract/core/random.h"

#include <gtest/gtest.h>

#include <array>
#include <set>

namespace refract {
namespace {

// Known values, computed elsewhere: a change breaks resuming and every data split.
TEST(Mix, StaysWhatItWas) {
  EXPECT_EQ(mix(1, 2, 3), 0xd0734750fde362b3U);
  EXPECT_EQ(mix(0, 0), 0x238275bc38fcbe91U);
}

TEST(Mix, TellsSeedStreamAndIndexApart) {
  std::set<uint64_t> seen;
  for (uint64_t seed = 0; seed < 10; ++seed)
    for (uint64_t stream = 0; stream < 10; ++stream)
      for (uint64_t index = 0; index < 100; ++index) seen.insert(mix(seed, stream, index));
  EXPECT_EQ(seen.size(), 10000U);
}

TEST(Mix, NamedStreamsDiffer) {
  EXPECT_NE(mix(7, Stream::weights), mix(7, Stream::step));
  EXPECT_NE(mix(7, Stream::order_unlabelled), mix(7, Stream::order_reference));
}

TEST(Uniform, FillsTheUnitIntervalEvenly) {
  constexpr int kDraws = 100000;
  std::array<int, 10> bins{};
  for (uint64_t i = 0; i < kDraws; ++i) {
    const double u = uniform(mix(3, Stream::metrics, i));
    ASSERT_GE(u, 0.0);
    ASSERT_LT(u, 1.0);
    ++bins.at(static_cast<size_t>(u * 10));
  }
  for (const int count : bins) EXPECT_NEAR(count, kDraws / 10, 500);  // five standard deviations are 475
}

TEST(Uniform, StaysBelowOne) {
  EXPECT_EQ(uniform(0), 0.0);
  EXPECT_EQ(uniform(~uint64_t{0}), 1.0 - 0x1.0p-53);
}

}  // namespace
}  // namespace refract
