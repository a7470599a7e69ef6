#include "refract/data/sets/arcs.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/atan2.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/hypot.h>
#include <ATen/ops/stack.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "refract/core/random.h"
#include "refract/data/indexed_source.h"

namespace refract {
namespace {

constexpr int64_t kArcs = 3;
constexpr double kArcSpan = 2 * std::numbers::pi / 3;
constexpr double kArcReach = 4;  // deviations across that the factor spans on either side
constexpr double kCentreX = -0.827, kCentreY = -1.432;

struct ArcPoint {
  double angle, offset;  // offset: across the arc, outwards
};

// Point `number`, its offset by Box and Muller.
ArcPoint arc_point(uint64_t number, const ArcsOptions& options) {
  const uint64_t key = mix(static_cast<uint64_t>(options.data_seed), Stream::render, number);
  const double radius = std::sqrt(-2 * std::log(1 - uniform(mix(key, 1))));
  const double normal = radius * std::cos(2 * std::numbers::pi * uniform(mix(key, 2)));
  return {kArcSpan * uniform(mix(key, 0)), options.noise * normal};
}

double arc_radius(int64_t number) {
  return static_cast<double>(1 + number % kArcs);
}

double across_of(double offset, double noise) {
  return 0.5 + offset / (2 * kArcReach * noise);
}

Tensor arc_factors(int64_t count, const ArcsOptions& options) {
  Tensor factors = at::empty({count, 2});
  auto* out = factors.data_ptr<float>();
  for (int64_t i = 0; i < count; ++i) {
    const ArcPoint point = arc_point(static_cast<uint64_t>(i), options);
    *out++ = static_cast<float>(point.angle / kArcSpan);
    *out++ = static_cast<float>(std::clamp(across_of(point.offset, options.noise), 0.0, 1.0));
  }
  return factors;
}

Tensor read_arc_factors(const Tensor& points, const Tensor& labels, double noise) {
  const Tensor x = points.select(1, 0) - kCentreX, y = points.select(1, 1) - kCentreY;
  const Tensor offset = at::hypot(x, y) - (labels + 1).to(points.scalar_type());
  return at::stack({at::atan2(y, x) / kArcSpan, 0.5 + offset / (2 * kArcReach * noise)}, 1);
}

Indices numbers_from(int64_t first, int64_t count) {
  Indices numbers = all_indices(count);
  for (int64_t& number : numbers) number += first;
  return numbers;
}

}  // namespace

Options ArcsOptions::describe() {
  Options options;
  options.add("points", points, "number of points that train").range(3, 1e7);
  options.add("fit_points", fit_points, "number of points that fit the probes").range(0, 1e6);
  options.add("score_points", score_points, "number of points that score the probes").range(0, 1e6);
  options.add("noise", noise, "standard deviation of the distance from the arc; the arcs are 1 apart").range(1e-3, 1);
  options.add("data_seed", data_seed, "seed of the points").range(0, 1e15);
  return options;
}

std::unique_ptr<DataSource> make_arcs(const ArcsOptions& options) {
  const int64_t count = options.points + options.fit_points + options.score_points;
  IndexedExamples all;
  all.info.name = "arcs";
  all.info.space = Space::row(2);
  all.info.columns = {{"x", "y"}, {0, 0}, {1, 1}, {0, 0}};
  all.info.classes = {"inner", "middle", "outer"};
  all.info.factors = {"along", "across"};
  all.info.factor_sizes = {0, 0};
  all.labels = at::arange(count, at::kLong).remainder(kArcs);
  all.factors = arc_factors(count, options);
  all.copy = [options](int64_t number, float* out) {
    const ArcPoint point = arc_point(static_cast<uint64_t>(number), options);
    const double radius = arc_radius(number) + point.offset;
    out[0] = static_cast<float>(kCentreX + radius * std::cos(point.angle));
    out[1] = static_cast<float>(kCentreY + radius * std::sin(point.angle));
  };
  all.read_factors = [noise = options.noise](const Tensor& points, const Tensor& labels) {
    return read_arc_factors(points, labels, noise);
  };
  all.splits[Split::unlabelled] = numbers_from(0, options.points);
  all.splits[Split::fit] = numbers_from(options.points, options.fit_points);
  all.splits[Split::score] = numbers_from(options.points + options.fit_points, options.score_points);
  return indexed_source(std::move(all));
}

}  // namespace refract
