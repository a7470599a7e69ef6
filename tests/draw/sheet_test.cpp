#include "refract/draw/sheet.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/full.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include "refract/core/errors.h"
#include "refract/draw/canvas.h"

namespace refract {
namespace {

Tensor flat(double value, int64_t size = 32) {
  return at::full({1, size, size}, value);
}

// The part of the sheet that has exactly this grey value.
Tensor where(const Tensor& frame, int64_t grey) {
  return frame.eq(grey).all(0);
}

std::pair<int64_t, int64_t> corner(const Tensor& mask) {
  const Tensor found = mask.nonzero();
  return {found.select(1, 0).min().item<int64_t>(), found.select(1, 1).min().item<int64_t>()};
}

TEST(Canvas, BytesCoverTheRange) {
  const Tensor x = at::tensor({-2.0, -1.0, 0.0, 1.0, 3.0, std::nan("")}, at::kFloat).view({1, 1, 6});
  EXPECT_TRUE(to_bytes(x)[0][0].equal(at::tensor({0, 0, 128, 255, 255, 128}, at::kByte)));
  EXPECT_EQ(to_bytes(at::zeros({5, 1, 4, 4})).sizes(), (std::vector<int64_t>{5, 3, 4, 4}));
  EXPECT_THROW(to_bytes(at::zeros({2, 4, 4})), BadInput);
}

TEST(Canvas, EnlargingMakesSquares) {
  const Tensor x = at::arange(4).view({1, 2, 2});
  EXPECT_TRUE(enlarge(x, 2)[0].equal(at::tensor({0, 0, 1, 1, 0, 0, 1, 1, 2, 2, 3, 3, 2, 2, 3, 3}).view({4, 4})));
}

TEST(Canvas, TextLeavesInkWithinItsLineAlone) {
  Canvas canvas(40, 200);
  canvas.write("gpqy Refract", kLabelHeight, 10, 20);
  const Tensor ink = canvas.frame().ne(255).any(0);
  EXPECT_GT(ink.sum().item<int64_t>(), 100);
  EXPECT_FALSE(ink.slice(0, 0, 10).any().item<bool>());
  EXPECT_FALSE(ink.slice(0, 10 + kLabelHeight).any().item<bool>());
  EXPECT_FALSE(ink.slice(1, 0, 20).any().item<bool>());
  EXPECT_FALSE(ink.slice(1, 20 + text_width("gpqy Refract", kLabelHeight)).any().item<bool>());
}

TEST(Canvas, TextThatReachesBeyondIsCutOff) {
  Canvas canvas(20, 30);
  canvas.write("much too long for this \xc3\xa9", kHeadingHeight, 15, 10);
  canvas.write("outside", kLabelHeight, 30, 0);
  EXPECT_EQ(canvas.frame().sizes(), (std::vector<int64_t>{3, 20, 30}));
}

TEST(Sheet, ImagesStandWholeInTheirPlaces) {
  Panel panel{"", {}, {}, {{flat(-1), flat(-0.5)}, {flat(0), Tensor()}}, 0, 0};
  const Tensor frame = draw_sheet({panel});
  for (const int64_t grey : {0, 64, 128})
    EXPECT_EQ(where(frame, grey).sum().item<int64_t>(), 96 * 96) << grey;  // 32 pixels three times enlarged
  const auto [top, left] = corner(where(frame, 0));
  EXPECT_EQ(corner(where(frame, 64)), std::make_pair(top, left + 96 + 4));
  EXPECT_EQ(corner(where(frame, 128)), std::make_pair(top + 96 + 4, left));
}

TEST(Sheet, MarginsAreSetApartAndLabelsMakeRoom) {
  Panel panel{"A heading", {"first", "second"}, {"row"}, {{flat(-1), flat(0)}}, 1, 0};
  const Tensor frame = draw_sheet({panel});
  const auto [top, left] = corner(where(frame, 0));
  EXPECT_EQ(corner(where(frame, 128)), std::make_pair(top, left + 96 + 14));
  EXPECT_GT(top, 16 + kHeadingHeight + kLabelHeight);
  EXPECT_GT(left, 16 + text_width("row", kLabelHeight));
}

TEST(Sheet, PanelsStandInRows) {
  const auto panel = [](double value) { return Panel{"", {}, {}, {{flat(value)}}, 0, 0}; };
  const Tensor frame = draw_sheet({panel(-1), panel(-0.5), panel(0)}, 2);
  const auto [top, left] = corner(where(frame, 0));
  EXPECT_EQ(corner(where(frame, 64)).first, top);
  EXPECT_GT(corner(where(frame, 64)).second, left + 96);
  EXPECT_GT(corner(where(frame, 128)).first, top + 96);
  EXPECT_EQ(corner(where(frame, 128)).second, left);
}

TEST(Sheet, LargeImagesKeepTheirSize) {
  EXPECT_EQ(where(draw_sheet({{"", {}, {}, {{flat(-1, 128)}}, 0, 0}}), 0).sum().item<int64_t>(), 128 * 128);
}

// As gray images beside what a model made of them, which is drawn as bytes.
TEST(Sheet, GrayAndColourStandSideBySide) {
  const Tensor colour = at::full({3, 32, 32}, 200, at::kByte);
  const Tensor frame = draw_sheet({{"", {}, {}, {{flat(-1), colour}}, 0, 0}});
  for (const int64_t grey : {0, 200}) EXPECT_EQ(where(frame, grey).sum().item<int64_t>(), 96 * 96) << grey;
}

TEST(Sheet, RefusesNothingAndMixtures) {
  EXPECT_THROW(draw_sheet({}), BadInput);
  EXPECT_THROW(draw_sheet({{"", {}, {}, {{Tensor()}}, 0, 0}}), BadInput);
  EXPECT_THROW(draw_sheet({{"", {}, {}, {{flat(0, 8), flat(0, 16)}}, 0, 0}}), BadInput);
}

}  // namespace
}  // namespace refract
