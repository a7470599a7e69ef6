// Figure `column-effects`: what each dimension of the target block does to each column of a table.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "refract/draw/plot.h"
#include "refract/figures/entries.h"
#include "refract/model/dimensions.h"
#include "refract/model/manipulate.h"

namespace refract {
namespace {

constexpr int64_t kEffectExamples = 200;
constexpr size_t kMostEffectDimensions = 6;
constexpr size_t kMostColumns = 15;  // of one dimension
constexpr int64_t kBarHeight = 12;
constexpr int64_t kBarRow = kLabelHeight + 4;
constexpr int64_t kHalfWidth = 150;  // of the bars to one side, in pixels
constexpr int64_t kNames = 190;      // room for the columns' names
constexpr int64_t kEffectGap = 24;

// The block that is exchanged, or else the first that has a way between two codes.
size_t acting_block(const Model& model) {
  if (lacks_exchange(model).empty()) return exchanged_block(model);
  const auto& blocks = model.blocks();
  const auto found = std::find_if(blocks.begin(), blocks.end(), [](const Block& block) { return !block.categorical; });
  return static_cast<size_t>(found - blocks.begin());
}

// The mean change of each column, from the low end of the dimension to the high one: [D]. Numbers are in deviations of
// their column, counts in doublings.
std::vector<double> effects_of(const Model& model, const Tensor& examples, const Dimension& dimension) {
  const Tensor ends = traverse(model, examples, dimension.block, dimension.index, steps_of(dimension, 2));
  const auto seen = [&](int64_t end) {
    const Tensor rows = ends.select(1, end).to(at::kDouble);
    return model.space().values == Values::counts ? (rows + 1).log2() : rows;
  };
  const Tensor change = (seen(1) - seen(0)).mean(0).contiguous();
  return {change.data_ptr<double>(), change.data_ptr<double>() + change.numel()};
}

std::vector<size_t> strongest(const std::vector<double>& effects) {
  std::vector<size_t> order(effects.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return std::abs(effects[a]) > std::abs(effects[b]); });
  order.resize(std::min(order.size(), kMostColumns));
  return order;
}

void draw_bars(Canvas& canvas, int64_t top, int64_t left, const std::vector<double>& effects,
               const std::vector<std::string>& columns, double longest) {
  int64_t row = top;
  for (const size_t d : strongest(effects)) {
    const auto length = std::lround(std::abs(effects[d]) / longest * kHalfWidth);
    const int64_t zero = left + kNames + kHalfWidth;
    canvas.write(fitted_text(columns.at(d), kLabelHeight, kNames), kLabelHeight, row, left);
    canvas.bar(row + 2, effects[d] < 0 ? zero - length : zero, kBarHeight, std::max<int64_t>(length, 1),
               class_colour(effects[d] < 0 ? 0 : 1));
    canvas.write(fmt::format("{:+.2f}", effects[d]), kLabelHeight, row, zero + kHalfWidth + 6);
    row += kBarRow;
  }
}

std::string column_effects_lacks(const Model& model, const DataSource& data) {
  if (const std::string missing = lacks_reconstruction(model); !missing.empty()) return missing;
  if (model.space().is_picture()) return "This figure shows the columns of a table, but the model makes pictures.";
  if (data.count(Split::unlabelled) == 0)
    return fmt::format("The data set {} has no unlabelled rows to show.", data.info().name);
  const std::string encoder = lacks_encoder(model);
  return encoder.empty() ? lacks_generator(model) : encoder;
}

Figure draw_column_effects(const Model& model, const DataSource& data, uint64_t seed) {
  const Tensor examples = pick(data, Split::unlabelled, kEffectExamples, seed, Turn::column_effects);
  const size_t block = acting_block(model);
  std::vector<Dimension> dimensions = ranked_dimensions(model, examples, block, Range::posterior, seed);
  if (dimensions.size() > kMostEffectDimensions) dimensions.resize(kMostEffectDimensions);
  std::vector<std::vector<double>> effects;
  double longest = 1e-12;
  for (const Dimension& dimension : dimensions) {
    effects.push_back(effects_of(model, examples, dimension));
    for (const double effect : effects.back()) longest = std::max(longest, std::abs(effect));
  }
  const std::vector<std::string> columns = column_names(data);
  const auto shown = static_cast<int64_t>(std::min(columns.size(), kMostColumns));
  const int64_t height = kHeadingHeight + 8 + shown * kBarRow + kEffectGap;
  const int64_t width = kNames + 2 * kHalfWidth + 70 + kEffectGap;
  const int64_t across = std::min<int64_t>(2, std::ssize(dimensions));
  Canvas canvas(kEffectGap + height * ((std::ssize(dimensions) + across - 1) / across), kEffectGap + width * across);
  for (int64_t i = 0; i < std::ssize(dimensions); ++i) {
    const Dimension& dimension = dimensions[static_cast<size_t>(i)];
    const int64_t top = kEffectGap + i / across * height, left = kEffectGap + i % across * width;
    canvas.write(fmt::format("{} ({:.2f} nats)", dimension_name(model.blocks()[block], dimension.index), dimension.kl),
                 kHeadingHeight, top, left);
    draw_bars(canvas, top + kHeadingHeight + 8, left, effects[static_cast<size_t>(i)], columns, longest);
  }
  return {"column-effects",
          fmt::format("Effect of {} on the columns", model.blocks()[block].name),
          fmt::format(
              "Mean change of a column when one dimension of {} moves from the 2nd to the 98th percentile of its "
              "posterior means and all other codes stay, in {}. The figure shows the dimensions with the highest KL "
              "and the columns that change most.",
              model.blocks()[block].name,
              model.space().values == Values::counts ? "doublings of count + 1" : "standard deviations of the column"),
          {canvas.frame()}};
}

}  // namespace

FigureEntry column_effects_figure() {
  return {"column-effects", "Effect of each target dimension on each column of a table.", "this project",
          column_effects_lacks, draw_column_effects};
}

}  // namespace refract
