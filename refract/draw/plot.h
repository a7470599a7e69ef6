// Points in a frame: the plots of figures that show numbers instead of pictures.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "refract/core/tensor.h"
#include "refract/draw/canvas.h"

namespace refract {

using Rgb = std::array<uint8_t, 3>;

// Ten colours, the first six of which nearly everybody tells apart (Okabe and Ito 2008); again from the first after the
// last.
Rgb class_colour(size_t index);

// From blue (0) over green to yellow (1), brighter all the way.
Rgb ramp_colour(double share);

struct Interval {
  double low = 0, high = 1;
};

// Of the values, a little wider; of values that are all alike, one around them.
Interval interval_of(const Tensor& values);

// A square with a title above, cut where it is wider, and axes whose ends are named.
class Plot {
 public:
  Plot(int64_t top, int64_t left, int64_t side, Interval x, Interval y);

  void frame(Canvas& canvas, const std::string& title, const std::string& x_name, const std::string& y_name) const;
  void dot(Canvas& canvas, double x, double y, Rgb colour) const;
  void line(Canvas& canvas, double x0, double y0, double x1, double y1) const;  // dashed, gray

  // Of a plot with its title and the names of its axes.
  static int64_t height(int64_t side);
  static int64_t width(int64_t side);

 private:
  [[nodiscard]] double column(double x) const;
  [[nodiscard]] double row(double y) const;

  int64_t top_, left_, side_;
  Interval x_, y_;
};

struct LegendEntry {
  std::string name;
  Rgb colour;
};

// Entries below each other, as many as `most` and how many more there are; names that reach beyond `width` are cut.
void draw_legend(Canvas& canvas, int64_t top, int64_t left, int64_t width, const std::vector<LegendEntry>& entries,
                 size_t most = 12);
int64_t legend_height(size_t entries, size_t most = 12);

// "0.00123", "12.3", "4.1e+06": three digits.
std::string short_number(double value);

}  // namespace refract
