#include "refract/model/neighbours.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/full.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include <vector>

namespace refract {
namespace {

Tensor codes_on_a_line(const std::vector<double>& places) {
  return at::tensor(places, at::kFloat).unsqueeze(1);
}

Tensor row_numbers(const std::vector<int64_t>& values) {
  return at::tensor(values, at::kLong);
}

TEST(Neighbours, StandByDistance) {
  const Neighbours found = neighbours_of(codes_on_a_line({0, 10}), codes_on_a_line({7, -1, 2, 10.5}), 3);
  ASSERT_EQ(found.rows.sizes(), (std::vector<int64_t>{2, 3}));
  EXPECT_TRUE(found.rows[0].equal(row_numbers({1, 2, 0})));
  EXPECT_TRUE(found.rows[1].equal(row_numbers({3, 0, 2})));
  EXPECT_NEAR(found.distances[0][2].item<double>(), 7, 1e-6);
  const Tensor corner = at::tensor(std::vector<float>{3, 4}).unsqueeze(0);
  EXPECT_DOUBLE_EQ(neighbours_of(corner, at::full({1, 2}, 0.0), 1).distances.item<double>(), 5) << "Euclidean";
}

TEST(Neighbours, AQueryIsNotItsOwn) {
  const Tensor candidates = codes_on_a_line({0, 1, 3});
  const Neighbours found = neighbours_of(codes_on_a_line({0, 3, 2}), candidates, 5, row_numbers({0, 2, -1}));
  ASSERT_EQ(found.rows.size(1), 2) << "as many as each query has";
  EXPECT_TRUE(found.rows[0].equal(row_numbers({1, 2})));
  EXPECT_TRUE(found.rows[1].equal(row_numbers({1, 0})));
  EXPECT_TRUE(found.rows[2].equal(row_numbers({1, 2}))) << "of equal distances the earlier";
  EXPECT_EQ(neighbours_of(codes_on_a_line({0}), codes_on_a_line({0}), 5, row_numbers({0})).rows.size(1), 0);
  EXPECT_EQ(neighbours_of(codes_on_a_line({0}), candidates, 5, row_numbers({-1})).rows.size(1), 3);
}

// More distances than are held at once.
TEST(Neighbours, ManyAreFoundAsFew) {
  const Tensor line = at::arange(1500, at::kFloat).unsqueeze(1);
  const Neighbours found = neighbours_of(line, line, 2, at::arange(1500));
  EXPECT_EQ(found.rows[0][0].item<int64_t>(), 1);
  EXPECT_TRUE(found.rows.select(1, 0).slice(0, 1).equal(at::arange(1499)));
  EXPECT_TRUE(found.distances.slice(0, 1, 1499).eq(1).all().item<bool>());
}

TEST(Neighbours, LookingForThemTellsHowFarItIs) {
  const Tensor line = at::arange(1500, at::kDouble).unsqueeze(1);
  std::vector<int64_t> done;
  neighbours_of(line, line, 1, {}, [&](const Progress& progress) {
    EXPECT_EQ(progress.total, 1500);
    done.push_back(progress.done);
  });
  EXPECT_EQ(done, (std::vector<int64_t>{0, 1333, 1500}));  // two million distances at a time
}

// Where all distances are rounding beside the size of the codes.
TEST(Neighbours, SmallDifferencesOfLargeCodesCount) {
  const Neighbours found =
      neighbours_of(codes_on_a_line({100000}), codes_on_a_line({100000.0625, 99999.9375, 100000.03125}), 3);
  EXPECT_TRUE(found.rows[0].equal(row_numbers({2, 0, 1})));
}

}  // namespace
}  // namespace refract
