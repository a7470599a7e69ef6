#include "refract/report/chart.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "refract/report/html.h"

namespace refract {
namespace {

Curve curve(const std::vector<double>& y) {
  Curve made{"loss", {}, y};
  for (size_t i = 0; i < y.size(); ++i) made.x.push_back(static_cast<double>(20 * i));
  return made;
}

size_t count(const std::string& text, const std::string& part) {
  size_t found = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

TEST(Ticks, AreRoundAndInside) {
  EXPECT_EQ(ticks(0, 10, false), (std::vector<double>{0, 5, 10}));
  EXPECT_EQ(ticks(-0.31, 0.42, false), (std::vector<double>{-0.2, 0, 0.2, 0.4}));
  EXPECT_EQ(ticks(0.5, 30, true), (std::vector<double>{1, 10}));
  EXPECT_EQ(ticks(3, 90, true), (std::vector<double>{5, 10, 20, 50}));
}

TEST(Chart, IsLogarithmicOnlyWhereThatHelps) {
  EXPECT_NE(line_chart(curve({1000, 10, 1, 0.5}), "step").find("log scale"), std::string::npos);
  EXPECT_EQ(line_chart(curve({10, 9, 8, 7}), "step").find("log scale"), std::string::npos);
  EXPECT_EQ(line_chart(curve({1000, 10, -1}), "step").find("log scale"), std::string::npos);
}

TEST(Chart, LeavesOutWhatIsNotFinite) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::string svg = line_chart(curve({1, nan, 2, std::numeric_limits<double>::infinity(), 3}), "step");
  EXPECT_EQ(svg.find("nan"), std::string::npos);
  EXPECT_EQ(svg.find("inf"), std::string::npos);
  EXPECT_EQ(line_chart(curve({nan, nan}), "step"), "");
  EXPECT_EQ(line_chart({}, "step"), "");
}

TEST(Chart, OneOrEqualValuesStillDraw) {
  for (const auto& values : {std::vector<double>{3}, {2, 2, 2}, {0, 0}}) {
    const std::string svg = line_chart(curve(values), "step");
    EXPECT_NE(svg.find("<path class=\"mean\""), std::string::npos);
    EXPECT_NE(svg.find("h0\"/>"), std::string::npos);  // a dot, where there is one point
    EXPECT_EQ(svg.find("nan"), std::string::npos);
  }
}

TEST(Chart, LongCurvesAreThinnedAndTheMeanOfAConstantIsIt) {
  const std::string svg = line_chart(curve(std::vector<double>(20000, 0.25)), "step");
  EXPECT_LT(svg.size(), 20000U);
  EXPECT_NE(svg.find(">0.25<"), std::string::npos);
  EXPECT_GE(count(svg, "L"), 2 * 200U);
}

TEST(Chart, EscapesNames) {
  Curve named = curve({1, 2});
  named.name = "<b>&\"";
  const std::string svg = line_chart(named, "step");
  EXPECT_EQ(svg.find("<b>"), std::string::npos);
  EXPECT_NE(svg.find("&lt;b&gt;&amp;&quot;"), std::string::npos);
}

TEST(Html, EscapesEveryCharacterOfMarkup) {
  EXPECT_EQ(escape("a<b>&\"'c"), "a&lt;b&gt;&amp;&quot;&#39;c");
}

// RFC 4648, Section 10.
TEST(Html, DataUrlsAreBase64) {
  EXPECT_EQ(data_url("image/png", ""), "data:image/png;base64,");
  EXPECT_EQ(data_url("image/png", "f"), "data:image/png;base64,Zg==");
  EXPECT_EQ(data_url("image/png", "foobar"), "data:image/png;base64,Zm9vYmFy");
}

}  // namespace
}  // namespace refract
