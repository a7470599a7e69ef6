#include <ATen/ops/cat.h>
#include <ATen/ops/full.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

#include <cmath>

#include "refract/core/errors.h"
#include "refract/eval/evaluator.h"
#include "refract/model/pixel_model.h"
#include "tests/support/fakes.h"

namespace refract {
namespace {

// A block of two dimensions with KL 1 and 3 for every image, one of one dimension with 0.5, and one without.
class KnownPosterior : public fakes::FakeModel {
 public:
  KnownPosterior()
      : FakeModel(Space::square(3, 8), {{"s", 3, Role::target}, {"e", 2, Role::common}, {"z", 1, Role::common}},
                  [](const Tensor& x) {
                    return Codes{x.mean({2, 3})};
                  }) {}
  [[nodiscard]] Codes kl(const Examples& images) const override {
    const int64_t n = images.x.size(0);
    return {Tensor(), at::tensor(std::vector<float>{1, 3}).expand({n, 2}), at::full({n, 1}, 0.5)};
  }
};

TEST(Kl, IsAveragedOverImagesAndSummedOverDimensions) {
  const fakes::Source data(3, 2, {{Split::fit, 10}, {Split::score, 301}});
  const MetricTable table = Evaluator(KnownPosterior(), data).measure(metric("kl"));
  EXPECT_EQ(table.columns, (std::vector<std::string>{"1", "2", "sum"}));
  ASSERT_EQ(table.rows.size(), 2);
  EXPECT_EQ(table.rows[0].name, "e");
  EXPECT_EQ(table.rows[0].values, (std::vector<double>{1, 3, 4}));
  EXPECT_EQ(table.rows[1].values[0], 0.5);
  EXPECT_TRUE(std::isnan(table.rows[1].values[1]));
  EXPECT_EQ(table.rows[1].values[2], 0.5);
}

TEST(Kl, ModelsWithoutGaussiansAreRefusedAndPassedOver) {
  const PixelModel pixels(Space::square(3, 8));
  const fakes::Source data(3, 2, {{Split::fit, 10}, {Split::score, 10}});
  EXPECT_NE(lacks(metric("kl"), pixels, data).find("pixels (whole)"), std::string::npos);
  EXPECT_THROW(Evaluator(pixels, data).measure(metric("kl")), BadInput);
  for (const MetricEntry* entry : metrics_named({all_metrics}, data, pixels)) EXPECT_NE(entry->name, "kl");
}

// Codes are uniform on [-1, 1], around -3 or 3 for the two classes; the label stands in the image.
class Drawn : public fakes::FakeModel {
 public:
  explicit Drawn(float second)
      : FakeModel(
            Space::square(3, 8),
            {{"c", 2, Role::category, true}, {"u", 1, Role::class_related, false, true, 0}, {"z", 1, Role::whole}},
            [](const Tensor&) { return Codes(); }),
        second_(second) {}
  [[nodiscard]] Codes draw(const Examples& images, const at::Generator& /*generator*/) const override {
    const Tensor& x = images.x;
    const Tensor class1 = x.select(1, 0).select(1, 1).select(1, 0).gt(-0.5).to(at::kFloat).unsqueeze(1);
    const Tensor uniform = x.select(1, 0).select(1, 0).slice(1, 0, 1);
    return {at::cat({1 - class1, class1}, 1), uniform + 6 * class1 - 3, uniform};
  }
  [[nodiscard]] Codes kl(const Examples& images) const override {
    const int64_t n = images.x.size(0);
    return {Tensor(), at::full({n, 1}, 5), at::full({n, 1}, 5)};
  }
  [[nodiscard]] Gaussian prior(size_t block) const override {
    if (block != 1) return Model::prior(block);
    return {at::tensor({-3.0F, second_}).unsqueeze(1), at::full({2, 1}, std::log(1.0 / 3))};
  }

 private:
  float second_;
};

std::vector<MetricTable::Row> rows(float second) {
  const fakes::Source data(1, 2, {{Split::fit, 10}, {Split::score, 2000}});
  return Evaluator(Drawn(second), data).measure(metric("kl")).rows;
}

TEST(Kl, SaysHowFarCodesLieFromThePriorClassByClass) {
  const auto right = rows(3), wrong = rows(-3);
  ASSERT_EQ(right.size(), 4);
  EXPECT_EQ(right[1].name, "u (mismatch)");
  EXPECT_NEAR(right[1].values[0], 0, 0.01);
  EXPECT_NEAR(wrong[1].values[0], 0.5 * 36 / (2.0 / 3), 0.5)
      << "half of the images lie 6 from the mean of their prior; the mean of 1,000 codes errs by 0.018, this by 0.16";
  EXPECT_EQ(right[3].name, "z (mismatch)");
  EXPECT_NEAR(right[3].values[0], 0.5 * (1.0 / 3 - 1 + std::log(3)), 0.02) << "the variance is a third of the prior's";
}

}  // namespace
}  // namespace refract
