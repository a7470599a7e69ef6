#include "refract/data/sets/embedded_digits.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/empty.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "refract/core/random.h"

namespace refract {
namespace {

constexpr int kSide = 28;
constexpr double kBox = 20;
constexpr double kMargin = 3.3;  // what the widest dilation needs at the border of digit-style's canvas
constexpr int kDrawnFiner = 4;   // drawn at four times the resolution, then averaged

using Stroke = std::vector<cv::Point2d>;  // a smooth curve passes through these points; [0, 1] across and down
using Glyph = std::vector<Stroke>;

// Ways to write each digit. Strokes meet where the pen turns a corner.
const std::array<std::vector<Glyph>, 10>& alphabet() {
  static const std::array<std::vector<Glyph>, 10> glyphs = {{
      {{{{.52, 0}, {.2, .14}, {.06, .52}, {.2, .9}, {.5, 1}, {.8, .87}, {.94, .48}, {.8, .1}, {.52, 0}}},
       {{{.62, .03}, {.25, .12}, {.1, .55}, {.28, .95}, {.62, .96}, {.88, .62}, {.85, .22}, {.55, .0}, {.38, .1}}}},
      {{{{.5, 0}, {.5, .5}, {.5, 1}}},
       {{{.28, .24}, {.42, .13}, {.53, 0}}, {{.53, 0}, {.52, .5}, {.5, 1}}},
       {{{.3, .22}, {.52, 0}}, {{.52, 0}, {.5, 1}}, {{.28, 1}, {.75, .99}}}},
      {{{{.1, .24}, {.35, .02}, {.72, .06}, {.82, .3}, {.6, .62}, {.1, .98}}, {{.1, .98}, {.5, .95}, {.94, .97}}},
       {{{.12, .2},
         {.42, 0},
         {.8, .18},
         {.68, .55},
         {.32, .93},
         {.12, .94},
         {.14, .8},
         {.4, .82},
         {.65, .96},
         {.96, .9}}}},
      {{{{.12, .12}, {.45, 0}, {.8, .16}, {.68, .4}, {.38, .47}},
        {{.38, .47}, {.74, .52}, {.9, .74}, {.62, .98}, {.08, .9}}},
       {{{.1, .04}, {.5, .02}, {.86, .03}},
        {{.86, .03}, {.42, .42}},
        {{.42, .42}, {.82, .5}, {.86, .84}, {.5, 1}, {.06, .9}}}},
      {{{{.24, .02}, {.14, .3}, {.1, .58}}, {{.1, .58}, {.5, .57}, {.92, .53}}, {{.74, .12}, {.7, .55}, {.66, 1}}},
       {{{.7, 0}, {.4, .34}, {.05, .66}}, {{.05, .66}, {.5, .66}, {.95, .62}}, {{.7, 0}, {.68, .5}, {.64, 1}}}},
      {{{{.86, .02}, {.55, .04}, {.26, .03}},
        {{.26, .03}, {.2, .44}},
        {{.2, .44}, {.55, .36}, {.88, .6}, {.66, .96}, {.1, .92}}},
       {{{.9, .0}, {.6, .05}, {.3, .08}, {.22, .4}, {.52, .42}, {.82, .66}, {.6, .97}, {.1, .95}}}},
      {{{{.68, .0}, {.32, .26}, {.12, .66}, {.34, .98}, {.72, .94}, {.82, .68}, {.52, .52}, {.16, .72}}},
       {{{.4, .0}, {.18, .4}, {.16, .84}, {.46, 1}, {.82, .86}, {.76, .58}, {.44, .54}, {.18, .76}}}},
      {{{{.08, .06}, {.5, .05}, {.9, .03}}, {{.9, .03}, {.56, .46}, {.36, 1}}},
       {{{.08, .06}, {.5, .05}, {.9, .03}}, {{.9, .03}, {.6, .46}, {.42, 1}}, {{.3, .52}, {.78, .48}}},
       {{{.1, .22}, {.12, .06}}, {{.12, .06}, {.5, .07}, {.9, .03}}, {{.9, .03}, {.6, .5}, {.52, 1}}}},
      {{{{.8, .14},
         {.48, 0},
         {.2, .18},
         {.46, .46},
         {.82, .74},
         {.5, 1},
         {.14, .78},
         {.46, .48},
         {.78, .26},
         {.8, .14}}},
       {{{.5, .46}, {.2, .22}, {.5, 0}, {.8, .22}, {.5, .46}},
        {{.5, .46}, {.12, .74}, {.5, 1}, {.88, .74}, {.5, .46}}}},
      {{{{.82, .2}, {.5, .0}, {.16, .2}, {.3, .48}, {.66, .42}, {.82, .2}}, {{.82, .2}, {.8, .55}, {.68, 1}}},
       {{{.8, .14}, {.44, .02}, {.14, .28}, {.44, .5}, {.78, .26}}, {{.8, .14}, {.84, .55}, {.6, .97}, {.18, .9}}}},
  }};
  return glyphs;
}

// A hand: how one digit departs from its glyph. Every number is a function of the key.
class Hand {
 public:
  explicit Hand(uint64_t key) : key_(key) {
    for (Wave& wave : waves_)
      wave = {between(0.01, 0.05), between(0.3, 1.3), between(0.3, 1.3), between(0, 2 * std::numbers::pi)};
    height_ = between(14, 17);
    breadth_ = height_ * between(0.55, 0.9);
    slant_ = between(-0.15, 0.45);
    turn_ = between(-0.12, 0.12);
    pen_ = between(1.5, 3.5);
  }

  double between(double low, double high) { return low + (high - low) * uniform(mix(key_, ++draws_)); }
  [[nodiscard]] double pen() const { return pen_; }

  // From the glyph's unit square to pixels about the origin. Points that meet still meet.
  [[nodiscard]] cv::Point2d place(cv::Point2d p) const {
    const double x = breadth_ * (p.x - 0.5 + sway(p, 0));
    const double y = height_ * (p.y - 0.5 + sway(p, 2));
    const double leaning = x - slant_ * y;
    return {leaning * std::cos(turn_) - y * std::sin(turn_), leaning * std::sin(turn_) + y * std::cos(turn_)};
  }

 private:
  struct Wave {
    double amplitude = 0, across = 0, down = 0, phase = 0;
  };

  [[nodiscard]] double sway(cv::Point2d p, size_t first) const {
    double sum = 0;
    for (size_t i = first; i < first + 2; ++i) {
      const Wave& w = waves_.at(i);
      sum += w.amplitude * std::sin(2 * std::numbers::pi * (w.across * p.x + w.down * p.y) + w.phase);
    }
    return sum;
  }

  uint64_t key_;
  uint64_t draws_ = 0;
  std::array<Wave, 4> waves_;
  double height_, breadth_, slant_, turn_, pen_;
};

// Catmull-Rom: a cubic through the points, its tangents parallel to the chord of the neighbours.
Stroke smooth(const Stroke& stroke) {
  constexpr int kPieces = 8;
  const auto last = static_cast<int>(stroke.size()) - 1;
  const auto point = [&](int i) { return stroke.at(static_cast<size_t>(std::clamp(i, 0, last))); };
  Stroke curve{stroke.front()};
  for (int i = 0; i < last; ++i)
    for (int piece = 1; piece <= kPieces; ++piece) {
      const double t = static_cast<double>(piece) / kPieces;
      const cv::Point2d a = point(i - 1), b = point(i), c = point(i + 1), d = point(i + 2);
      curve.push_back(
          0.5 * (2 * b + t * (c - a) + t * t * (2 * a - 5 * b + 4 * c - d) + t * t * t * (3 * b - a - 3 * c + d)));
    }
  return curve;
}

// Where strokes lie, and their centre by length.
struct Extent {
  cv::Point2d low{kSide, kSide}, high{-kSide, -kSide}, centre;
};

Extent extent(const std::vector<Stroke>& strokes) {
  Extent all;
  double length = 0;
  for (const Stroke& stroke : strokes)
    for (size_t i = 1; i < stroke.size(); ++i) {
      const double piece = cv::norm(stroke[i] - stroke[i - 1]);
      all.centre += 0.5 * piece * (stroke[i] + stroke[i - 1]);
      length += piece;
      for (const cv::Point2d& p : {stroke[i], stroke[i - 1]}) {
        all.low = {std::min(all.low.x, p.x), std::min(all.low.y, p.y)};
        all.high = {std::max(all.high.x, p.x), std::max(all.high.y, p.y)};
      }
    }
  all.centre /= length;
  return all;
}

// Shrinks the strokes to the box, the pen's breadth included, and moves their centre to the middle of the picture, as
// far as the margin allows.
void lay_out(std::vector<Stroke>& strokes, double pen) {
  const Extent now = extent(strokes);
  const cv::Point2d size = now.high - now.low;
  const double scale = std::min(1.0, (kBox - pen) / std::max(size.x, size.y));
  const double reach = kSide / 2.0 - kMargin - pen / 2;  // of the pen's centre from the middle
  const auto shift = [&](double low, double high, double centre) {
    return std::clamp(-centre * scale, -reach - low * scale, reach - high * scale) + kSide / 2.0;
  };
  const cv::Point2d move(shift(now.low.x, now.high.x, now.centre.x), shift(now.low.y, now.high.y, now.centre.y));
  for (Stroke& stroke : strokes)
    for (cv::Point2d& p : stroke) p = p * scale + move;
}

void draw_digit(uint64_t key, size_t label, uint8_t* pixels) {
  Hand hand(key);
  const std::vector<Glyph>& ways = alphabet().at(label);
  const Glyph& glyph = ways.at(static_cast<size_t>(hand.between(0, static_cast<double>(ways.size()))));
  std::vector<Stroke> strokes;
  for (const Stroke& stroke : glyph) {
    strokes.push_back(smooth(stroke));
    for (cv::Point2d& p : strokes.back()) p = hand.place(p);
  }
  lay_out(strokes, hand.pen());
  constexpr int kFraction = 4;  // bits of a coordinate below the pixel
  cv::Mat fine(kSide * kDrawnFiner, kSide * kDrawnFiner, CV_8U, cv::Scalar(0));
  for (const Stroke& stroke : strokes) {
    std::vector<cv::Point> line;
    for (const cv::Point2d& p : stroke) line.emplace_back(p * kDrawnFiner * (1 << kFraction));
    const int pen = static_cast<int>(std::lround(hand.pen() * kDrawnFiner));
    cv::polylines(fine, line, false, 255, pen, cv::LINE_8, kFraction);
  }
  cv::Mat digit(kSide, kSide, CV_8U, pixels);
  cv::resize(fine, digit, digit.size(), 0, 0, cv::INTER_AREA);
}

}  // namespace

Digits embedded_digits(int64_t count, uint64_t seed) {
  const auto classes = static_cast<int64_t>(alphabet().size());
  Digits digits{at::empty({count, kSide, kSide}, at::kByte), at::arange(count, at::kLong).remainder(classes)};
  auto* pixels = digits.images.data_ptr<uint8_t>();
  for (int64_t i = 0; i < count; ++i, pixels += ptrdiff_t{kSide} * kSide)
    draw_digit(mix(seed, Stream::render, static_cast<uint64_t>(i)), static_cast<size_t>(i % classes), pixels);
  return digits;
}

}  // namespace refract
