#include "refract/draw/plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace refract {
namespace {

constexpr int64_t kTitle = kHeadingHeight + 6;
constexpr int64_t kAxis = kLabelHeight + 4;
constexpr int64_t kRow = kLabelHeight + 4;  // of a legend
constexpr int64_t kMark = 18;               // the coloured dot before a name of a legend
constexpr Rgb kGray = {150, 150, 150};

}  // namespace

Rgb class_colour(size_t index) {
  constexpr std::array<Rgb, 10> colours = {{{0, 114, 178},
                                            {213, 94, 0},
                                            {0, 158, 115},
                                            {204, 121, 167},
                                            {230, 159, 0},
                                            {86, 180, 233},
                                            {40, 40, 40},
                                            {110, 70, 180},
                                            {120, 80, 40},
                                            {150, 150, 150}}};
  return colours.at(index % colours.size());
}

Rgb ramp_colour(double share) {
  constexpr std::array<Rgb, 5> stops = {{{68, 1, 84}, {59, 82, 139}, {33, 145, 140}, {94, 201, 98}, {253, 231, 37}}};
  const double place = std::clamp(share, 0.0, 1.0) * (stops.size() - 1);
  const auto below = std::min(static_cast<size_t>(place), stops.size() - 2);
  Rgb colour{};
  for (size_t c = 0; c < colour.size(); ++c) {
    const double from = stops.at(below).at(c), to = stops.at(below + 1).at(c);
    colour.at(c) = static_cast<uint8_t>(std::lround(from + (place - static_cast<double>(below)) * (to - from)));
  }
  return colour;
}

Interval interval_of(const Tensor& values) {
  constexpr double wider = 0.05;
  if (values.numel() == 0) return {};
  const auto low = values.min().item<double>(), high = values.max().item<double>();
  const double margin = high > low ? wider * (high - low) : std::max(std::abs(low), 1.0) * wider;
  return {low - margin, high + margin};
}

Plot::Plot(int64_t top, int64_t left, int64_t side, Interval x, Interval y)
    : top_(top + kTitle), left_(left), side_(side), x_(x), y_(y) {}

int64_t Plot::height(int64_t side) {
  return kTitle + side + 2 * kAxis;
}

int64_t Plot::width(int64_t side) {
  return side;
}

double Plot::column(double x) const {
  return static_cast<double>(left_) + (x - x_.low) / (x_.high - x_.low) * static_cast<double>(side_);
}

double Plot::row(double y) const {
  return static_cast<double>(top_) + (y_.high - y) / (y_.high - y_.low) * static_cast<double>(side_);
}

// The horizontal axis has its ends below the frame; those of the vertical one stand in the line of its name.
void Plot::frame(Canvas& canvas, const std::string& title, const std::string& x_name, const std::string& y_name) const {
  const auto left = static_cast<double>(left_), top = static_cast<double>(top_);
  const auto right = static_cast<double>(left_ + side_), bottom = static_cast<double>(top_ + side_);
  canvas.write(fitted_text(title, kHeadingHeight, side_), kHeadingHeight, top_ - kTitle, left_);
  canvas.line({{left, top}, {right, top}, {right, bottom}, {left, bottom}, {left, top}}, kGray);
  const auto range = [](const std::string& name, Interval ends) {
    return fmt::format("{}: {} to {}", name, short_number(ends.low), short_number(ends.high));
  };
  if (x_.low == y_.low && x_.high == y_.high)
    return canvas.write(range("both axes", x_), kLabelHeight, top_ + side_ + 3, left_);
  canvas.write(range("across, " + x_name, x_), kLabelHeight, top_ + side_ + 3, left_);
  canvas.write(range("up, " + y_name, y_), kLabelHeight, top_ + side_ + 3 + kAxis, left_);
}

void Plot::dot(Canvas& canvas, double x, double y, Rgb colour) const {
  constexpr double radius = 2.5;
  canvas.dot({column(x), row(y)}, radius, colour);
}

void Plot::line(Canvas& canvas, double x0, double y0, double x1, double y1) const {
  canvas.line({{column(x0), row(y0)}, {column(x1), row(y1)}}, kGray, true);
}

void draw_legend(Canvas& canvas, int64_t top, int64_t left, int64_t width, const std::vector<LegendEntry>& entries,
                 size_t most) {
  for (size_t i = 0; i < std::min(entries.size(), most); ++i) {
    const int64_t row = top + static_cast<int64_t>(i) * kRow;
    canvas.dot({static_cast<double>(left) + 6, static_cast<double>(row) + kLabelHeight / 2.0}, 5, entries[i].colour);
    canvas.write(fitted_text(entries[i].name, kLabelHeight, width - kMark), kLabelHeight, row, left + kMark);
  }
  if (entries.size() > most)
    canvas.write(fmt::format("and {} more", entries.size() - most), kLabelHeight,
                 top + static_cast<int64_t>(most) * kRow, left + kMark);
}

int64_t legend_height(size_t entries, size_t most) {
  return static_cast<int64_t>(std::min(entries, most + 1)) * kRow;
}

std::string short_number(double value) {
  return fmt::format("{:.3g}", value);
}

}  // namespace refract
