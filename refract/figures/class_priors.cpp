// Figure `class-priors`: the learned priors of class-related factors above the images along them (Hajimiri et al. 2021,
// Figs. 7 and 10).
#include <ATen/ops/linspace.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "refract/draw/canvas.h"
#include "refract/draw/plot.h"
#include "refract/draw/sheet.h"
#include "refract/figures/entries.h"
#include "refract/model/class_pairs.h"
#include "refract/model/dimensions.h"
#include "refract/model/manipulate.h"

namespace refract {
namespace {

constexpr int64_t kPriorSteps = 11;
constexpr int64_t kPriorImages = 3;
constexpr int64_t kMostDimensions = 3;  // of one block, those in which the classes stand furthest apart
constexpr int64_t kCell = 72;           // images are shown at least this large, in pixels
constexpr int64_t kCellGap = 4;
constexpr int64_t kBorder = 16;
constexpr int64_t kCurves = 120;        // height of the densities, in pixels
constexpr double kReach = 2.5;          // standard deviations beyond the outermost means
constexpr int64_t kBetweenNumbers = 3;  // pixels between the numbers of two curves

// p(u | class) along one dimension.
struct Density {
  double mean, deviation;
  [[nodiscard]] double at(double u) const {
    const double x = (u - mean) / deviation;
    return std::exp(-0.5 * x * x) / (deviation * std::sqrt(2 * std::numbers::pi));
  }
};

std::vector<Density> densities(const Gaussian& prior, int64_t dimension) {
  std::vector<Density> all;
  for (int64_t i = 0; i < prior.mean.size(0); ++i)
    all.push_back(
        {prior.mean[i][dimension].item<double>(), std::exp(0.5 * prior.log_variance[i][dimension].item<double>())});
  return all;
}

// By the spread of the classes' means beside the deviation within a class.
std::vector<int64_t> telling_dimensions(const Gaussian& prior) {
  const Tensor apart = prior.mean.var(0, false) / prior.log_variance.exp().mean(0);
  const Tensor order = apart.argsort(0, true).contiguous();
  const int64_t count = std::min(kMostDimensions, order.numel());
  return {order.data_ptr<int64_t>(), order.data_ptr<int64_t>() + count};
}

// One dimension: densities, and a row of images for each image it starts from, at the place of the column's centre.
class Strip {
 public:
  Strip(std::vector<Density> classes, const Space& pictures)
      : classes_(std::move(classes)),
        factor_(std::max<int64_t>(1, (kCell + pictures.longer_side() - 1) / pictures.longer_side())),
        cell_{factor_ * pictures.height(), factor_ * pictures.width()} {
    low_ = classes_[0].mean;
    high_ = low_;
    for (const Density& d : classes_) {
      low_ = std::min(low_, d.mean - kReach * d.deviation);
      high_ = std::max(high_, d.mean + kReach * d.deviation);
    }
  }

  [[nodiscard]] Tensor values() const { return at::linspace(low_, high_, kPriorSteps); }
  [[nodiscard]] int64_t width() const { return kPriorSteps * (cell_.width + kCellGap); }
  [[nodiscard]] int64_t height() const {
    return kHeadingHeight + kCurves + kPriorImages * (cell_.height + kCellGap) + kBorder;
  }

  void draw(Canvas& canvas, int64_t top, int64_t left, const std::string& heading, const Tensor& images) const {
    canvas.write(heading, kHeadingHeight, top, left);
    const auto floor = static_cast<double>(top + kHeadingHeight + kCurves - kCellGap);
    for (int64_t t = 0; t < kPriorSteps; ++t) {
      const double x = centre(left, static_cast<double>(t));
      canvas.line({{x, floor - kCurves + 2 * kLabelHeight}, {x, floor}}, {190, 190, 190}, true);
    }
    curves(canvas, left, floor);
    for (int64_t n = 0; n < images.size(0); ++n)
      for (int64_t t = 0; t < kPriorSteps; ++t)
        canvas.paste(enlarge(to_bytes(images[n][t]), factor_),
                     top + kHeadingHeight + kCurves + n * (cell_.height + kCellGap),
                     left + t * (cell_.width + kCellGap));
  }

 private:
  [[nodiscard]] double centre(int64_t left, double step) const {
    return static_cast<double>(left) + step * static_cast<double>(cell_.width + kCellGap) +
           0.5 * static_cast<double>(cell_.width);
  }

  void curves(Canvas& canvas, int64_t left, double floor) const {
    constexpr int points = 400;
    double highest = 0;
    for (const Density& d : classes_) highest = std::max(highest, d.at(d.mean));
    const double scale = (kCurves - 2.0 * kLabelHeight) / highest;
    const double steps_a_unit = (kPriorSteps - 1) / (high_ - low_);
    for (size_t i = 0; i < classes_.size(); ++i) {
      const Density& d = classes_[i];
      std::vector<Canvas::Point> curve;
      for (int p = 0; p <= points; ++p) {
        const double u = low_ + (high_ - low_) * p / points;
        curve.emplace_back(centre(left, (u - low_) * steps_a_unit), floor - scale * d.at(u));
      }
      canvas.line(curve, class_colour(i));
    }
    for (const Number& number : numbers(left, floor, scale))
      canvas.write(number.text, kLabelHeight, number.top, number.left);
  }

  struct Number {
    std::string text;
    int64_t top, left;
    [[nodiscard]] bool meets(const Number& other) const {
      return std::abs(top - other.top) < kLabelHeight && left < other.right() && other.left < right();
    }
    [[nodiscard]] int64_t right() const { return left + text_width(text, kLabelHeight) + kBetweenNumbers; }
  };

  // The numbers of the classes above the peaks of their curves. Where they would overlap, the later one moves right.
  [[nodiscard]] std::vector<Number> numbers(int64_t left, double floor, double scale) const {
    std::vector<size_t> order(classes_.size());
    std::iota(order.begin(), order.end(), size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](size_t a, size_t b) { return classes_[a].mean < classes_[b].mean; });
    std::vector<Number> placed;
    for (const size_t i : order) {
      const Density& d = classes_[i];
      const double step = (d.mean - low_) * (kPriorSteps - 1) / (high_ - low_);
      Number number{std::to_string(i), std::lround(floor - scale * d.at(d.mean)) - kLabelHeight - 2,
                    std::lround(centre(left, step)) - 4};
      const auto in_the_way = [&] {
        return std::find_if(placed.begin(), placed.end(), [&](const Number& other) { return number.meets(other); });
      };
      for (auto other = in_the_way(); other != placed.end(); other = in_the_way()) number.left = other->right();
      placed.push_back(number);
    }
    return placed;
  }

  std::vector<Density> classes_;
  int64_t factor_;
  PixelSize cell_;
  double low_ = 0, high_ = 0;
};

std::string class_priors_lacks(const Model& model, const DataSource& data) {
  const std::string classes = lacks_classes(model);
  return classes.empty() ? lacks_encoded_images(model, data) : classes;
}

Figure draw_class_priors(const Model& model, const DataSource& data, uint64_t seed) {
  const Tensor start = pick(data, Split::unlabelled, kPriorImages, seed, Turn::class_priors);
  struct Part {
    Strip strip;
    std::string heading;
    Tensor images;
  };
  std::vector<Part> parts;
  for (const ClassPair& pair : class_pairs(model))
    for (const int64_t d : telling_dimensions(pair.prior)) {
      const Strip strip(densities(pair.prior, d), model.space());
      const std::string name = dimension_name(model.blocks()[pair.related], d);
      const std::string heading = fmt::format("p({} | {})", name, model.blocks()[pair.category].name);
      parts.push_back({strip, heading, traverse(model, start, pair.related, d, strip.values())});
    }
  int64_t height = kBorder;
  for (const Part& part : parts) height += part.strip.height();
  Canvas canvas(height, parts.front().strip.width() + 2 * kBorder);
  int64_t top = kBorder;
  for (const Part& part : parts) {
    part.strip.draw(canvas, top, kBorder, part.heading, part.images);
    top += part.strip.height();
  }
  return {
      "class-priors",
      "The priors of the classes",
      "Curves: the learned prior of a class-related factor for each class, marked with the number of the class. Below: "
      "images whose factor has the value of the dashed line above them. All other codes come from one image per row.",
      {canvas.frame()}};
}

}  // namespace

FigureEntry class_priors_figure() {
  return {"class-priors", "Learned priors of the class-related factors, and images along them.",
          "Hajimiri et al. 2021, Figs. 7 and 10", class_priors_lacks, draw_class_priors};
}

}  // namespace refract
