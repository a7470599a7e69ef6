// Texts that have to stay in their place.
#include "refract/draw/plot.h"

#include <gtest/gtest.h>

#include "refract/core/text.h"

namespace refract {
namespace {

// 60 characters of two bytes each.
std::string long_name() {
  std::string name;
  for (int i = 0; i < 60; ++i) name += i % 2 == 0 ? "\xc3\xa9" : "\xc3\x9f";
  return name;
}

TEST(FittedText, EndsBetweenCharactersWithinItsWidth) {
  const std::string name = long_name();
  for (int64_t width = 30; width < 200; ++width) {
    const std::string text = fitted_text(name, kLabelHeight, width);
    EXPECT_LE(text_width(text, kLabelHeight), width);
    EXPECT_TRUE(text.ends_with("..")) << width;
    EXPECT_EQ(from_utf8(text).find(U'\ufffd'), std::u32string::npos) << width << ": a character was cut";
    EXPECT_TRUE(name.starts_with(text.substr(0, text.size() - 2))) << width;
  }
  EXPECT_EQ(fitted_text("\xc3\xa9 short", kLabelHeight, 200), "\xc3\xa9 short");
  EXPECT_EQ(fitted_text("", kLabelHeight, 10), "");
  EXPECT_EQ(fitted_text(std::string(1'000'000, 'x'), kLabelHeight, 40).size(),
            fitted_text(std::string(100, 'x'), kLabelHeight, 40).size());
}

// Whether something was drawn right of a column.
bool ink_from(const Canvas& canvas, int64_t column) {
  return canvas.frame().slice(2, column).ne(255).any().item<bool>();
}

TEST(Legend, LongNamesStayWithinItsWidth) {
  Canvas canvas(80, 400);
  draw_legend(canvas, 5, 10, 150, {{"a", class_colour(0)}, {long_name(), class_colour(1)}});
  EXPECT_FALSE(ink_from(canvas, 160));
  EXPECT_TRUE(ink_from(canvas, 100)) << "as much of the name as there is room for";
}

TEST(Plot, ALongTitleIsNoWiderThanItsFrame) {
  Canvas canvas(Plot::height(200), 600);
  Plot(0, 0, 200, {}, {}).frame(canvas, long_name(), "x", "y");
  EXPECT_FALSE(ink_from(canvas, 203));  // the frame's line is two pixels wide
  EXPECT_TRUE(canvas.frame().slice(1, 0, kHeadingHeight).slice(2, 150).ne(255).any().item<bool>());
}

}  // namespace
}  // namespace refract
