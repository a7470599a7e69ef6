// Line charts as inline SVG, coloured by the page's style sheet.
#pragma once

#include <string>
#include <vector>

namespace refract {

struct Curve {
  std::string name;
  std::vector<double> x;  // ascending
  std::vector<double> y;  // as many; values that are not finite are left out
};

// One chart: every value faint, their running mean strong, its last value as a number. The vertical axis is logarithmic
// where all values are positive and the middle nine tenths of them span more than a factor of ten; a hundredth of the
// values at either end does not stretch it. Long curves are thinned by averaging neighbours. "" where no value is
// finite.
std::string line_chart(const Curve& curve, const std::string& x_label);

// Round numbers that cover [low, high], about `count` of them; powers of ten, and between them if few, on a logarithmic
// axis.
std::vector<double> ticks(double low, double high, bool logarithmic, int count = 4);

}  // namespace refract
