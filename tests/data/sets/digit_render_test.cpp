// Each factor is read off the pixels again.
#include "refract/data/sets/digit_render.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <set>

#include "refract/data/sets/embedded_digits.h"
#include "tests/data/support.h"

namespace refract {
namespace {

using testing_support::Box;
using testing_support::lit_box;

Tensor render(const Tensor& digit, const DigitStyle& style, int64_t size = 64) {
  Tensor image = at::empty({3, size, size});
  render_digit(digit, style, size, image.data_ptr<float>());
  return image;
}

// A filled rectangle of 7x14 in the middle of 28x28: 16x32 on the canvas.
Tensor block() {
  Tensor digit = at::zeros({28, 28}, at::kByte);
  digit.slice(0, 7, 21).slice(1, 10, 17).fill_(255);
  return digit;
}

TEST(DigitRender, TheReferenceIsAThinWhiteOutline) {
  const Tensor image = render(block(), {});
  EXPECT_TRUE(at::equal(image[0], image[1]) && at::equal(image[0], image[2])) << "white";
  EXPECT_TRUE(((image == 1).logical_or(image == -1)).all().item<bool>()) << "no grays";
  EXPECT_EQ(image[0][32][32].item<float>(), -1) << "the inside is empty";
  // Along the middle row and column the pen is met twice, and is at most two pixels wide.
  for (const Tensor& line : {image[0][32], image[0].select(1, 31)}) EXPECT_LE((line == 1).sum().item<int64_t>(), 4);
  for (const Tensor& line : {image[0][32], image[0].select(1, 31)}) EXPECT_GE((line == 1).sum().item<int64_t>(), 2);
}

TEST(DigitRender, WidthAddsThatManyPixels) {
  const Box thin = lit_box(render(block(), {}));
  for (int width = 1; width <= 10; ++width) {
    DigitStyle style;
    style.width = width;
    const Box box = lit_box(render(block(), style));
    EXPECT_EQ(box.width, thin.width + width - 1);
    EXPECT_EQ(box.height, thin.height + width - 1);
  }
}

TEST(DigitRender, ThicknessGrowsWithWidthOnEveryDigit) {
  const Digits digits = embedded_digits(40, 3);
  for (int64_t i = 0; i < digits.count(); ++i) {
    int64_t before = 0;
    for (int width = 1; width <= 10; ++width) {
      DigitStyle style;
      style.width = width;
      const int64_t lit = (render(digits.images[i], style)[0] > 0).sum().item<int64_t>();
      EXPECT_GT(lit, before) << "digit " << i << ", width " << width;
      before = lit;
    }
  }
}

TEST(DigitRender, SideScalesThePictureAboutTheMiddle) {
  const Box whole = lit_box(render(block(), {}));
  for (int side = 32; side <= 64; ++side) {
    DigitStyle style;
    style.side = side;
    const Tensor image = render(block(), style);
    const Box box = lit_box(image);
    const double scale = side / 64.0;
    EXPECT_NEAR(static_cast<double>(box.height), static_cast<double>(whole.height) * scale, 2) << side;  // part of a
    EXPECT_NEAR(static_cast<double>(box.width), static_cast<double>(whole.width) * scale, 2) << side;  // pixel each end
    const Tensor weight = image[0] + 1;
    const double row = ((weight.sum(1) * at::arange(64)).sum() / weight.sum()).item<double>();
    const Tensor at_one = render(block(), {})[0] + 1;
    const double row_at_one = ((at_one.sum(1) * at::arange(64)).sum() / at_one.sum()).item<double>();
    EXPECT_NEAR(row - 31.5, scale * (row_at_one - 31.5), 0.6) << "centred, side " << side;
  }
}

TEST(DigitRender, ZeroPaddingIsAGrayFrameAroundTheSamePicture) {
  DigitStyle style;
  style.side = 48;
  style.colour = {0.2F, 0.25F, 0.55F};  // no channel of which is 0 in the digit
  for (const int64_t size : {64, 32}) {
    Tensor framed = at::empty({3, size, size});
    render_digit(block(), style, size, framed.data_ptr<float>(), 0.0F);
    const int64_t margin = size / 8, end = size - margin;
    const auto inner = [&](const Tensor& image) { return image.slice(1, margin, end).slice(2, margin, end); };
    EXPECT_TRUE(at::equal(inner(framed), inner(render(block(), style, size))));
    EXPECT_EQ((framed == 0).sum().item<int64_t>(), 3 * (size * size - (end - margin) * (end - margin)));
  }
}

TEST(DigitRender, ScaleAlsoScalesTheMass) {  // area averaging loses nothing: mass falls with the square of the scale
  DigitStyle style;
  style.width = 5;
  const double whole = (render(block(), style)[0] + 1).sum().item<double>();
  for (const int side : {32, 40, 48, 57}) {
    style.side = side;
    const double mass = (render(block(), style)[0] + 1).sum().item<double>();
    EXPECT_NEAR(mass / whole, side * side / 4096.0, 0.01) << side;
  }
}

TEST(DigitRender, ColourIsTheRatioOfTheChannels) {
  DigitStyle style;
  style.colour = {0.5F, 0.2F, 0.3F};
  style.width = 4;
  style.side = 45;
  const Tensor light = (render(block(), style) + 1) / 2;  // 0 is black
  const Tensor sums = light.sum({1, 2});
  for (int64_t c = 0; c < 3; ++c)
    EXPECT_NEAR((sums[c] / sums.sum()).item<double>(), style.colour.at(static_cast<size_t>(c)), 1e-4);
  EXPECT_NEAR(light.sum(0).max().item<double>(), 1, 1e-5) << "full pixels have the colour itself";
}

TEST(DigitRender, OtherSizesShowTheSamePicture) {
  DigitStyle style;
  style.colour = {0.6F, 0.3F, 0.1F};
  style.width = 6;
  style.side = 50;
  const Tensor large = render(block(), style);
  const Tensor averaged = large.reshape({3, 32, 2, 32, 2}).mean({2, 4});
  EXPECT_LT((render(block(), style, 32) - averaged).abs().max().item<double>(), 0.01);
  const Tensor larger = render(block(), style, 128).reshape({3, 64, 2, 64, 2}).mean({2, 4});
  EXPECT_LT((larger - large).abs().mean().item<double>(), 0.01);
}

TEST(DigitRender, NothingOfADigitIsCutOff) {
  const Digits digits = embedded_digits(300, 5);
  DigitStyle style;
  style.width = 10;
  for (int64_t i = 0; i < digits.count(); ++i) {
    const Box box = lit_box(render(digits.images[i], style));
    EXPECT_TRUE(box.left > 0 && box.top > 0 && box.left + box.width < 64 && box.top + box.height < 64) << "digit " << i;
  }
}

TEST(DrawStyle, CoversItsRanges) {
  std::set<int> widths, sides;
  std::array<double, 5> sum{}, low{1, 1, 1, 1, 1}, high{};
  constexpr int kDraws = 20000;
  for (uint64_t key = 0; key < kDraws; ++key) {
    const DigitStyle style = draw_style(key);
    widths.insert(style.width);
    sides.insert(style.side);
    const auto factors = style.factors();
    EXPECT_NEAR(factors[0] + factors[1] + factors[2], 1, 1e-5);
    for (size_t f = 0; f < 5; ++f) {
      sum.at(f) += factors.at(f) / kDraws;
      low.at(f) = std::min<double>(low.at(f), factors.at(f));
      high.at(f) = std::max<double>(high.at(f), factors.at(f));
    }
  }
  EXPECT_EQ(widths.size(), 10U);
  EXPECT_EQ(sides.size(), 33U);
  for (size_t f = 0; f < 5; ++f) {
    EXPECT_NEAR(sum.at(f), f < 3 ? 1.0 / 3 : 0.5, 0.01);
    EXPECT_GE(low.at(f), 0);
    EXPECT_LE(high.at(f), 1);
  }
  EXPECT_EQ(low[3], 0);
  EXPECT_EQ(high[3], 1);
  EXPECT_EQ(low[4], 0);
  EXPECT_EQ(high[4], 1);
}

}  // namespace
}  // namespace refract
