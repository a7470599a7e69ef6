#include "refract/eval/labelled_parts.h"

#include <ATen/ops/stack.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include <set>

#include "refract/core/errors.h"
#include "tests/support/fakes.h"
#include "tests/support/surroundings.h"

namespace refract {
namespace {

using testing_support::contains;
using testing_support::message_of;

// Attributes "even" (number % 2) and "third" (number % 3) of the examples from `first` on, and "who", an identity.
class Numbered : public fakes::Source {
 public:
  explicit Numbered(int64_t first = 0)
      : Source(0, 2, {{Split::unlabelled, 60}, {Split::fit, 20}, {Split::score, 30}}, Space::square(1, 2)),
        info_(Source::info()),
        first_(first) {
    info_.attributes = {{"even", {"yes", "no"}}, {"who", {"a", "b"}, true}, {"third", {"0", "1", "2"}}};
  }
  [[nodiscard]] const DataInfo& info() const override { return info_; }
  [[nodiscard]] Tensor attributes(Split /*split*/, const Indices& indices) const override {
    const Tensor number = at::tensor(indices, at::kLong);
    const Tensor hidden = number.lt(first_);
    return at::stack(
        {number.remainder(2).masked_fill(hidden, -1), number.remainder(2), number.remainder(3).masked_fill(hidden, -1)},
        1);
  }

 private:
  DataInfo info_;
  int64_t first_;
};

TEST(LabelledParts, AreTheExamplesOfThreeSplitsWithWhatDescribesThem) {
  const LabelledParts parts = labelled_parts(Numbered(), 1000, 1);
  EXPECT_EQ(parts.fitted.split, Split::unlabelled);
  EXPECT_EQ(parts.validation.split, Split::fit);
  EXPECT_EQ(parts.scored.split, Split::score);
  ASSERT_EQ(parts.attributes.size(), 2U);
  EXPECT_EQ(parts.attributes[1].name, "third");
  EXPECT_EQ(parts.left_out, "");
  const Indices& rows = parts.fitted.rows;
  EXPECT_EQ(std::set<int64_t>(rows.begin(), rows.end()).size(), 60U);
  const Tensor number = at::tensor(rows, at::kLong);
  EXPECT_TRUE(parts.fitted.labels.equal(at::stack({number.remainder(2), number.remainder(3)}, 1)));
}

TEST(LabelledParts, FitsAtMostSoManyDrawnFromTheKey) {
  const auto rows = [](uint64_t key) { return labelled_parts(Numbered(), 10, key).fitted.rows; };
  const Indices ten = rows(1);
  EXPECT_EQ(ten.size(), 10U);
  EXPECT_EQ(std::set<int64_t>(ten.begin(), ten.end()).size(), 10U);
  EXPECT_EQ(rows(1), rows(1));
  EXPECT_NE(rows(1), rows(2));
  EXPECT_EQ(labelled_parts(Numbered(), 10, 1).scored.rows.size(), 30U);
}

TEST(LabelledParts, LeavesOutExamplesThatNothingIsKnownOf) {
  const LabelledParts parts = labelled_parts(Numbered(15), 1000, 1);
  EXPECT_EQ(parts.fitted.rows.size(), 45U);
  EXPECT_EQ(parts.validation.rows.size(), 5U);
  EXPECT_GE(parts.validation.labels.min().item<int64_t>(), 0);
}

TEST(LabelledParts, RefusesASplitWithoutAnyLabel) {
  const std::string said = message_of<BadInput>([] { labelled_parts(Numbered(20), 1000, 1); });
  EXPECT_TRUE(contains(said, "fake") && contains(said, "even, third")) << said;
}

}  // namespace
}  // namespace refract
