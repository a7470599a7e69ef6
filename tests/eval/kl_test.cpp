#include <ATen/ops/full.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include "refract/eval/evaluator.h"
#include "tests/support/fakes.h"

namespace refract {
namespace {

// A block of two dimensions with KL 1 and 3 for every image, one of one dimension with 0.5, and one without.
class Known : public fakes::FakeModel {
 public:
  Known()
      : FakeModel({3, 8}, {{"s", 3, Role::target}, {"e", 2, Role::common}, {"z", 1, Role::common}},
                  [](const Tensor& x) {
                    return Codes{x.mean({2, 3})};
                  }) {}
  [[nodiscard]] Codes kl(const Tensor& images) const override {
    const int64_t n = images.size(0);
    return {Tensor(), at::tensor(std::vector<float>{1, 3}).expand({n, 2}), at::full({n, 1}, 0.5)};
  }
};

TEST(Kl, IsAveragedOverImagesAndSummedOverDimensions) {
  const fakes::Source data(3, 2, {{Split::fit, 10}, {Split::score, 301}});
  const MetricTable table = Evaluator(Known(), data).measure(metric("kl"));
  EXPECT_EQ(table.columns, (std::vector<std::string>{"1", "2", "sum"}));
  ASSERT_EQ(table.rows.size(), 2);
  EXPECT_EQ(table.rows[0].name, "e");
  EXPECT_EQ(table.rows[0].values, (std::vector<double>{1, 3, 4}));
  EXPECT_EQ(table.rows[1].values[0], 0.5);
  EXPECT_TRUE(std::isnan(table.rows[1].values[1]));
  EXPECT_EQ(table.rows[1].values[2], 0.5);
}

}  // namespace
}  // namespace refract
