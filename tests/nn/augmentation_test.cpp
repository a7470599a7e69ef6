// Differentiable augmentation, picture by picture.
#include <ATen/ops/allclose.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/zeros_like.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include <algorithm>
#include <set>

#include "refract/core/errors.h"
#include "refract/nn/augmentation.h"

namespace refract {
namespace {

constexpr int64_t kHigh = 8;
constexpr int64_t kWide = 16;

// No value is 0, so that what was cut out is known.
Tensor augmented_pictures(int64_t channels) {
  at::manual_seed(1);
  return at::rand({24, channels, kHigh, kWide}) * 0.5 + 0.25;
}

Tensor changed_by(const std::string& changes, const Tensor& pictures) {
  return Augmentation(changes, Space::picture(pictures.size(1), kHigh, kWide)).changed(pictures);
}

// A picture [C, H, W] moved down and to the right, with zeros where it came from.
Tensor moved(const Tensor& picture, int64_t down, int64_t right) {
  Tensor all = at::zeros_like(picture);
  const int64_t h = kHigh - std::abs(down), w = kWide - std::abs(right);
  const auto part = [&](const Tensor& of, int64_t top, int64_t left) {
    return of.slice(1, top, top + h).slice(2, left, left + w);
  };
  part(all, std::max<int64_t>(down, 0), std::max<int64_t>(right, 0))
      .copy_(part(picture, std::max<int64_t>(-down, 0), std::max<int64_t>(-right, 0)));
  return all;
}

TEST(Augmentation, NoneLeavesAllAsItIs) {
  const Tensor x = augmented_pictures(3);
  EXPECT_TRUE(at::equal(changed_by("none", x), x));
}

TEST(Augmentation, TranslationMovesByUpToAnEighth) {
  const Tensor x = augmented_pictures(2);
  const Tensor y = changed_by("translation", x);
  std::set<std::pair<int64_t, int64_t>> seen;
  for (int64_t n = 0; n < x.size(0); ++n) {
    size_t found = 0;
    for (int64_t down = -1; down <= 1; ++down)
      for (int64_t right = -2; right <= 2; ++right)
        if (at::allclose(y[n], moved(x[n], down, right))) {
          ++found;
          seen.emplace(down, right);
        }
    EXPECT_EQ(found, 1U) << n;
  }
  EXPECT_GT(seen.size(), 5U) << "each picture on its own";
}

TEST(Augmentation, CutoutTakesARectangleOfHalfTheSides) {
  const Tensor x = augmented_pictures(1);
  const Tensor y = changed_by("cutout", x);
  for (int64_t n = 0; n < x.size(0); ++n) {
    const Tensor kept = y[n][0].ne(0), gone = kept.logical_not();
    EXPECT_TRUE(at::equal(y[n][0], x[n][0] * kept)) << n;
    const int64_t rows = gone.any(1).sum().item<int64_t>(), columns = gone.any(0).sum().item<int64_t>();
    EXPECT_EQ(gone.sum().item<int64_t>(), rows * columns) << n;
    EXPECT_TRUE(rows >= kHigh / 4 && rows <= kHigh / 2) << rows;
    EXPECT_TRUE(columns >= kWide / 4 && columns <= kWide / 2) << columns;
  }
}

// y = contrast * (saturation * (x - grey) + grey - mean) + mean + brightness.
TEST(Augmentation, ColourIsBrightnessSaturationAndContrast) {
  const Tensor x = augmented_pictures(3);
  const Tensor y = changed_by("colour-translation-cutout", x);
  EXPECT_FALSE(at::allclose(y, x));
  at::manual_seed(2);
  const Augmentation colours("colour-translation", Space::picture(3, kHigh, kWide));
  const Tensor flat = x.mean({2, 3}, true).expand_as(x);  // one colour a picture, whatever moves
  const Tensor z = colours.changed(flat);
  for (int64_t n = 0; n < x.size(0); ++n) {
    const Tensor before = flat[n].select(1, 4).select(1, 8), after = z[n].select(1, 4).select(1, 8);
    const Tensor spread = (after - after.mean()) / (before - before.mean());
    EXPECT_LT((spread - spread.mean()).abs().max().item<double>(), 1e-3) << n;
    EXPECT_TRUE(spread.min().item<double>() >= -1e-3 && spread.max().item<double>() <= 3.001) << n;
    EXPECT_LT((after.mean() - before.mean()).abs().item<double>(), 0.5001) << n;
  }
}

TEST(Augmentation, AGradientPassesThrough) {
  const Tensor x = augmented_pictures(3).requires_grad_();
  const Tensor y = changed_by("translation-cutout", x);
  const Tensor gradient = torch::autograd::grad({y.sum()}, {x}).at(0);
  EXPECT_EQ(gradient.sum().item<double>(), y.ne(0).sum().item<double>());
  EXPECT_LE(gradient.max().item<double>(), 1);
}

TEST(Augmentation, RefusesWhatItCannotChange) {
  EXPECT_THROW(Augmentation("translation", Space::row(5)), BadInput);
  EXPECT_THROW(Augmentation("colour-translation", Space::square(1, 8)), BadInput);
  EXPECT_NO_THROW(Augmentation("none", Space::row(5)));
  EXPECT_NO_THROW(Augmentation("translation-cutout", Space::square(1, 8)));
}

}  // namespace
}  // namespace refract
