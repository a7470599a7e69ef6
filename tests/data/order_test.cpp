#include "refract/data/order.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

namespace refract {
namespace {

TEST(Permutation, StaysWhatItWas) {  // computed elsewhere: a change reshuffles every run and every split
  EXPECT_EQ(permutation(8, 5), (Indices{3, 1, 5, 7, 0, 2, 6, 4}));
  EXPECT_EQ(permutation(1, 5), Indices{0});
  EXPECT_EQ(permutation(0, 5), Indices{});
}

TEST(Permutation, EveryOrderIsAsLikely) {
  std::array<std::array<int, 4>, 4> seen{};  // [entry][place]
  for (uint64_t key = 0; key < 24000; ++key) {
    const Indices order = permutation(4, key);
    for (size_t place = 0; place < 4; ++place) ++seen.at(static_cast<size_t>(order[place])).at(place);
  }
  for (const auto& places : seen)
    for (const int count : places) EXPECT_NEAR(count, 6000, 340);  // five standard deviations
}

TEST(Order, APassHoldsEachEntryOnce) {
  Order order(10, 3);
  Indices previous;
  for (int64_t pass = 0; pass < 3; ++pass) {
    Indices entries = order.take(10 * pass, 10);
    EXPECT_NE(entries, previous) << "each pass has an order of its own";
    previous = entries;
    std::sort(entries.begin(), entries.end());
    for (int64_t i = 0; i < 10; ++i) EXPECT_EQ(entries[static_cast<size_t>(i)], i);
  }
}

TEST(Order, APositionDoesNotDependOnThePath) {
  Order walked(7, 3), jumped(7, 3);
  Indices all;
  for (int64_t first = 0; first < 35; first += 5)
    for (const int64_t entry : walked.take(first, 5)) all.push_back(entry);
  for (const int64_t first : {30, 0, 13, 12, 33})
    EXPECT_EQ(jumped.take(first, 2), Indices(all.begin() + first, all.begin() + first + 2)) << first;
}

}  // namespace
}  // namespace refract
