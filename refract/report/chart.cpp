#include "refract/report/chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "refract/report/html.h"

namespace refract {
namespace {

constexpr double kWidth = 360, kHeight = 210;
constexpr double kLeft = 52, kRight = 350, kTop = 32, kBottom = 172;  // the plot's frame
constexpr size_t kPoints = 300;                                       // more cannot be told apart

// An axis that maps values to pixels.
struct Axis {
  double low = 0, high = 1, from = 0, to = 1;
  bool logarithmic = false;

  [[nodiscard]] double operator()(double value) const {
    const auto scale = [&](double v) { return logarithmic ? std::log10(v) : v; };
    const double t = (scale(std::clamp(value, low, high)) - scale(low)) / (scale(high) - scale(low));
    return from + t * (to - from);
  }
};

Curve finite_part(const Curve& curve) {
  Curve kept{curve.name, {}, {}};
  for (size_t i = 0; i < std::min(curve.x.size(), curve.y.size()); ++i) {
    if (!std::isfinite(curve.y[i])) continue;
    kept.x.push_back(curve.x[i]);
    kept.y.push_back(curve.y[i]);
  }
  return kept;
}

Curve thinned(const Curve& curve) {
  const size_t stride = (curve.x.size() + kPoints - 1) / kPoints;
  if (stride < 2) return curve;
  Curve thin{curve.name, {}, {}};
  for (size_t i = 0; i < curve.x.size(); i += stride) {
    const auto from = static_cast<std::ptrdiff_t>(i);
    const auto to = static_cast<std::ptrdiff_t>(std::min(i + stride, curve.x.size()));
    const auto mean = [&](const std::vector<double>& v) {
      return std::accumulate(v.begin() + from, v.begin() + to, 0.0) / static_cast<double>(to - from);
    };
    thin.x.push_back(mean(curve.x));
    thin.y.push_back(mean(curve.y));
  }
  return thin;
}

// A mean over a window of a twentieth of the curve.
std::vector<double> smoothed(const std::vector<double>& y) {
  const auto count = static_cast<std::ptrdiff_t>(y.size());
  const std::ptrdiff_t half = count / 40;
  std::vector<double> means;
  for (std::ptrdiff_t i = 0; i < count; ++i) {
    const std::ptrdiff_t from = std::max<std::ptrdiff_t>(0, i - half);
    const std::ptrdiff_t to = std::min(count, i + half + 1);
    means.push_back(std::accumulate(y.begin() + from, y.begin() + to, 0.0) / static_cast<double>(to - from));
  }
  return means;
}

Axis value_axis(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const size_t outliers = values.size() / 100;
  const size_t tails = values.size() / 20;
  Axis axis{values[outliers], values[values.size() - 1 - outliers], kBottom, kTop};
  axis.logarithmic = values[0] > 0 && values[values.size() - 1 - tails] > 10 * values[tails];
  if (axis.logarithmic) return axis;
  const double room = axis.high > axis.low ? 0.05 * (axis.high - axis.low) : std::max(std::abs(axis.high), 1.0) * 0.1;
  axis.low -= room;
  axis.high += room;
  return axis;
}

std::string number(double value) {
  if (std::abs(value) >= 1e6) return fmt::format("{:g}M", value / 1e6);
  if (std::abs(value) >= 1e4) return fmt::format("{:g}k", value / 1e3);
  return fmt::format("{:.4g}", value);
}

std::string path(const Curve& curve, const std::vector<double>& y, const Axis& horizontal, const Axis& vertical,
                 const char* style) {
  std::string points;
  for (size_t i = 0; i < y.size(); ++i)
    points += fmt::format("{}{:.1f} {:.1f}", i == 0 ? "M" : "L", horizontal(curve.x[i]), vertical(y[i]));
  // The line of no length at the end shows a curve of one point as a dot.
  return fmt::format("<path class=\"{}\" d=\"{}h0\"/>", style, points);
}

std::string grid(const Axis& horizontal, const Axis& vertical) {
  std::string svg;
  for (const double value : ticks(vertical.low, vertical.high, vertical.logarithmic))
    svg += fmt::format("<path class=\"grid\" d=\"M{} {:.1f}H{}\"/><text x=\"{}\" y=\"{:.1f}\" class=\"end\">{}</text>",
                       kLeft, vertical(value), kRight, kLeft - 6, vertical(value) + 4, number(value));
  for (const double value : ticks(horizontal.low, horizontal.high, false))
    svg += fmt::format("<text x=\"{:.1f}\" y=\"{}\" class=\"middle\">{}</text>", horizontal(value), kBottom + 16,
                       number(value));
  return svg + fmt::format("<path class=\"axis\" d=\"M{} {}V{}H{}\"/>", kLeft, kTop, kBottom, kRight);
}

}  // namespace

std::vector<double> ticks(double low, double high, bool logarithmic, int count) {
  std::vector<double> found;
  if (logarithmic) {
    const int first = static_cast<int>(std::floor(std::log10(low)));
    const int last = static_cast<int>(std::ceil(std::log10(high)));
    const int stride = std::max(1, (last - first) / (count + 1));
    const std::vector<double> within = last - first <= 2 ? std::vector<double>{1, 2, 5} : std::vector<double>{1};
    for (int exponent = first; exponent <= last; exponent += stride)
      for (const double mantissa : within) found.push_back(mantissa * std::pow(10.0, exponent));
  } else {
    const double rough = (high - low) / count;
    const double power = std::pow(10.0, std::floor(std::log10(rough)));
    const double step = power * (rough / power > 5 ? 10 : rough / power > 2 ? 5 : rough / power > 1 ? 2 : 1);
    for (double i = std::ceil(low / step); i * step <= high * (1 + 1e-12); ++i) found.push_back(i == 0 ? 0 : i * step);
  }
  const auto outside = [&](double v) { return v < low || v > high; };
  found.erase(std::remove_if(found.begin(), found.end(), outside), found.end());
  return found;
}

std::string line_chart(const Curve& curve, const std::string& x_label) {
  const Curve all = finite_part(curve);
  if (all.x.empty()) return "";
  const Curve shown = thinned(all);
  const std::vector<double> mean = smoothed(shown.y);
  const Axis horizontal{std::min(0.0, shown.x.front()), std::max(shown.x.back(), shown.x.front() + 1), kLeft, kRight};
  const Axis vertical = value_axis(shown.y);

  const std::string name = escape(curve.name);
  std::string svg = fmt::format("<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">", kWidth, kHeight, name);
  svg += fmt::format("<text x=\"{}\" y=\"18\" class=\"name\">{}{}</text>", kLeft, name,
                     vertical.logarithmic ? "<tspan class=\"remark\">  log scale</tspan>" : "");
  svg += fmt::format("<text x=\"{}\" y=\"18\" class=\"last end\">{:.4g}</text>", kRight, mean.back());
  svg += grid(horizontal, vertical);
  svg += path(shown, shown.y, horizontal, vertical, "raw");
  svg += path(shown, mean, horizontal, vertical, "mean");
  svg += fmt::format("<text x=\"{}\" y=\"{}\" class=\"middle\">{}</text>", (kLeft + kRight) / 2, kHeight - 5,
                     escape(x_label));
  return svg + "</svg>";
}

}  // namespace refract
