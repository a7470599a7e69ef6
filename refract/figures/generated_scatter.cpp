// Figure `generated-scatter`: rows drawn from the prior beside real ones (Zheng and Sun 2019, Fig. 2).
#include <ATen/ops/cat.h>
#include <ATen/ops/linalg_svd.h>
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "refract/core/generator.h"
#include "refract/core/random.h"
#include "refract/draw/plot.h"
#include "refract/figures/entries.h"
#include "refract/model/generated.h"

namespace refract {
namespace {

constexpr int64_t kPointRows = 1500;  // at most, of each side
constexpr int64_t kPointSide = 400;   // pixels
constexpr int64_t kPointGap = 24;
constexpr int64_t kPointLegend = 150;

// Points of the plane, [N, 2] double, and their classes, [N], undefined where they are not known.
struct Points {
  Tensor at, labels;
};

// The plane that both sides are shown in: the columns of a table of two, else the two directions in which the real rows
// vary most.
class Plane {
 public:
  explicit Plane(const Tensor& real) : centre_(real.mean(0, true)) {
    if (real.size(1) == 2) return;
    const auto directions = std::get<2>(at::linalg_svd(real - centre_, /*full_matrices=*/false));
    directions_ = directions.slice(0, 0, 2).t();
  }
  [[nodiscard]] Tensor operator()(const Tensor& rows) const {
    return (directions_.defined() ? (rows - centre_).matmul(directions_) : rows).contiguous();
  }

 private:
  Tensor centre_, directions_;
};

std::string generated_scatter_lacks(const Model& model, const DataSource& data) {
  if (model.space().is_picture()) return "This figure shows the rows of a table, but the model makes pictures.";
  if (model.space().numel() < 2) return "This figure shows rows of two columns or more, but the rows have one.";
  if (const std::string missing = lacks_generated(model); !missing.empty()) return missing;
  if (data.count(split_for_show(data)) < 2)
    return fmt::format("The data set {} has fewer than two unlabelled rows to show.", data.info().name);
  return "";
}

void draw_points(Canvas& canvas, const Plot& plot, const Points& points) {
  const auto* at = points.at.data_ptr<double>();
  const Tensor labels = points.labels.defined() ? points.labels.contiguous() : Tensor();
  for (int64_t n = 0; n < points.at.size(0); ++n)
    plot.dot(canvas, at[2 * n], at[2 * n + 1],
             class_colour(labels.defined() ? static_cast<size_t>(labels.data_ptr<int64_t>()[n]) : 0));
}

Canvas drawn_beside(const Points& real, const Points& made, const std::vector<std::string>& classes,
                    const std::vector<std::string>& axes) {
  const Tensor both = at::cat({real.at, made.at});
  const Interval across = interval_of(both.select(1, 0)), up = interval_of(both.select(1, 1));
  const int64_t step = Plot::width(kPointSide) + kPointGap;
  Canvas canvas(Plot::height(kPointSide) + 2 * kPointGap, 2 * step + kPointGap + (classes.empty() ? 0 : kPointLegend));
  const Plot left(kPointGap, kPointGap, kPointSide, across, up);
  const Plot right(kPointGap, kPointGap + step, kPointSide, across, up);
  left.frame(canvas, "real", axes.at(0), axes.at(1));
  right.frame(canvas, "generated", axes.at(0), axes.at(1));
  draw_points(canvas, left, real);
  draw_points(canvas, right, made);
  std::vector<LegendEntry> legend;
  for (size_t c = 0; c < classes.size(); ++c) legend.push_back({classes[c], class_colour(c)});
  draw_legend(canvas, 2 * kPointGap, kPointGap + 2 * step, kPointLegend, legend);
  return canvas;
}

Figure draw_generated_scatter(const Model& model, const DataSource& data, uint64_t seed) {
  const at::NoGradGuard no_grad;
  const Split split = split_for_show(data);
  const Indices rows = picked(data, split, kPointRows, seed, Turn::generated_scatter);
  const auto classes = std::ssize(data.info().classes);
  const std::optional<size_t> category = classes > 0 ? category_of(model, classes) : std::optional<size_t>();
  const at::Generator generator =
      generator_of(mix(seed, Stream::figures, static_cast<uint64_t>(Turn::generated_scatter)));
  const Generated drawn = generated(model, std::ssize(rows), category, generator);
  const Tensor real = in_table_units(data.examples(split, rows), data);
  const Plane plane(real);
  const Points shown{plane(real), classes > 0 ? data.labels(split, rows).to(at::kCPU) : Tensor()};
  const Points made{plane(in_table_units(drawn.examples, data)), drawn.labels};
  const bool columns = data.info().space.numel() == 2;
  const Canvas canvas =
      drawn_beside(shown, made, data.info().classes,
                   columns ? column_names(data) : std::vector<std::string>{"first component", "second"});
  return {"generated-scatter",
          "Real rows and generated ones",
          fmt::format("Left: {} rows. Right: as many rows, generated from codes drawn from the prior. {}{}",
                      split == Split::score ? "held-out" : "training",
                      columns ? "Both columns are shown. "
                              : "Both are shown along the two directions in which the real rows vary most. ",
                      category ? "Colours: the class of a real row, and the class for which a row was generated."
                               : "If real rows are coloured, the colour is their class."),
          {canvas.frame()}};
}

}  // namespace

FigureEntry generated_scatter_figure() {
  return {"generated-scatter", "Rows drawn from the prior beside real ones, coloured by class.",
          "Zheng and Sun 2019, Fig. 2", generated_scatter_lacks, draw_generated_scatter};
}

}  // namespace refract
