// Figure `block-map`: the codes of each block in two dimensions, coloured by what is known of the examples.
#include <ATen/ops/cat.h>
#include <ATen/ops/linalg_eigh.h>
#include <ATen/ops/zeros_like.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "refract/draw/plot.h"
#include "refract/figures/entries.h"

namespace refract {
namespace {

constexpr int64_t kMapExamples = 1000;  // at most, of each set
constexpr int64_t kMapSide = 330;       // pixels
constexpr int64_t kMapGap = 24;
constexpr size_t kMostColourings = 3;  // where no columns are named
constexpr Rgb kNoValue = {205, 205, 205};

// One way to colour the examples.
struct Colouring {
  std::string title;
  std::vector<Rgb> colours;  // of each example
  std::vector<LegendEntry> legend;
};

// The examples: unlabelled ones that have labels and factors, then references.
struct Shown {
  Tensor examples;
  Split split = Split::unlabelled, reference_split = Split::reference;
  Indices indices, references;  // of these splits
};

Shown shown_on_map(const DataSource& data, uint64_t seed) {
  Shown shown;
  shown.split = split_for_show(data);
  if (data.count(Split::reference_score) > 0) shown.reference_split = Split::reference_score;
  shown.indices = picked(data, shown.split, kMapExamples, seed, Turn::map);
  shown.references = picked(data, shown.reference_split, kMapExamples, seed, Turn::map);
  shown.examples = data.examples(shown.split, shown.indices);
  if (!shown.references.empty())
    shown.examples = at::cat({shown.examples, data.examples(shown.reference_split, shown.references)});
  return shown;
}

Colouring by_set(const Shown& shown) {
  Colouring by{"by set", {}, {{"unlabelled", class_colour(0)}}};
  by.colours.assign(shown.indices.size(), class_colour(0));
  by.colours.insert(by.colours.end(), shown.references.size(), class_colour(1));
  if (!shown.references.empty()) by.legend.push_back({"reference", class_colour(1)});
  return by;
}

Colouring by_class(const DataSource& data, const Shown& shown) {
  Colouring by{"by class", {}, {}};
  const Tensor labels = data.labels(shown.split, shown.indices).to(at::kCPU).contiguous();
  for (int64_t i = 0; i < labels.numel(); ++i)
    by.colours.push_back(class_colour(static_cast<size_t>(labels.data_ptr<int64_t>()[i])));
  for (size_t c = 0; c < data.info().classes.size(); ++c)
    by.legend.push_back({data.info().classes[c], class_colour(c)});
  return by;
}

Colouring by_factor(const DataSource& data, const Shown& shown, int64_t factor) {
  Colouring by{fmt::format("by {}", data.info().factors[static_cast<size_t>(factor)]), {}, {}};
  const Tensor values =
      data.factors(shown.split, shown.indices).select(1, factor).to(at::kCPU, at::kFloat).contiguous();
  for (int64_t i = 0; i < values.numel(); ++i) by.colours.push_back(ramp_colour(values.data_ptr<float>()[i]));
  by.legend = {{"least", ramp_colour(0)}, {"greatest", ramp_colour(1)}};
  return by;
}

// By values [N], of which NaN is none. `names`: of the values; none where these are numbers.
Colouring by_column(const std::string& column, const std::vector<std::string>& names, const Tensor& values) {
  Colouring by{fmt::format("by {}", column), {}, {}};
  const Tensor known = values.masked_select(values.isnan().logical_not());
  const double least = known.numel() > 0 ? known.min().item<double>() : 0;
  const double range = known.numel() > 0 ? known.max().item<double>() - least : 0;
  const auto colour = [&](double value) {
    if (std::isnan(value)) return kNoValue;
    return names.empty() ? ramp_colour(range > 0 ? (value - least) / range : 0)
                         : class_colour(static_cast<size_t>(value));
  };
  for (int64_t i = 0; i < values.numel(); ++i) by.colours.push_back(colour(values.data_ptr<double>()[i]));
  for (size_t v = 0; v < names.size(); ++v) by.legend.push_back({names[v], class_colour(v)});
  if (names.empty() && known.numel() > 0)
    by.legend = {{fmt::format("least, {}", short_number(least)), ramp_colour(0)},
                 {fmt::format("greatest, {}", short_number(least + range)), ramp_colour(1)}};
  if (known.numel() < values.numel()) by.legend.insert(by.legend.begin(), {"no value", kNoValue});
  return by;
}

// Of unlabelled examples and references.
std::vector<Colouring> by_columns(const DataSource& data, const Shown& shown) {
  Tensor values = data.colours(shown.split, shown.indices);
  if (!shown.references.empty()) values = at::cat({values, data.colours(shown.reference_split, shown.references)});
  std::vector<Colouring> all;
  for (int64_t k = 0; k < values.size(1); ++k) {
    const Attribute& column = data.info().colours[static_cast<size_t>(k)];
    all.push_back(by_column(column.name, column.values, values.select(1, k).contiguous()));
  }
  return all;
}

std::vector<Colouring> colourings_of(const DataSource& data, const Shown& shown) {
  std::vector<Colouring> all = {by_set(shown)};
  if (!data.info().classes.empty()) all.push_back(by_class(data, shown));
  if (!data.info().colours.empty()) {
    for (Colouring& by : by_columns(data, shown)) all.push_back(std::move(by));
    return all;
  }
  const auto factors = std::ssize(data.info().factors);
  for (int64_t k = 0; k < factors && all.size() < kMostColourings; ++k) all.push_back(by_factor(data, shown, k));
  return all;
}

// The two directions in which the codes vary most, [N, 2]; a block of one dimension lies on a line.
Tensor plane_of(const Tensor& codes) {
  const Tensor centred = (codes - codes.mean(0, true)).to(at::kDouble);
  if (centred.size(1) == 1) return at::cat({centred, at::zeros_like(centred)}, 1);
  const auto directions = std::get<1>(at::linalg_eigh(centred.t().matmul(centred)));
  return centred.matmul(directions.slice(1, directions.size(1) - 2).flip(1));
}

void draw_map(Canvas& canvas, int64_t top, int64_t left, const std::string& title, const Tensor& plane,
              const Colouring& by) {
  const Plot plot(top, left, kMapSide, interval_of(plane.select(1, 0)), interval_of(plane.select(1, 1)));
  plot.frame(canvas, title, "first component", "second");
  const Tensor points = plane.contiguous();
  const auto* at = points.data_ptr<double>();
  for (size_t i = 0; i < by.colours.size(); ++i) plot.dot(canvas, at[2 * i], at[2 * i + 1], by.colours[i]);
}

std::string block_map_lacks(const Model& model, const DataSource& data) {
  if (const std::string missing = lacks_encoder(model); !missing.empty()) return missing;
  if (data.count(Split::unlabelled) == 0)
    return fmt::format("The data set {} has no unlabelled examples to show.", data.info().name);
  if (const std::string missing = lacks_encoder(model); !missing.empty()) return missing;
  const bool maps =
      std::any_of(model.blocks().begin(), model.blocks().end(), [](const Block& block) { return !block.categorical; });
  return maps ? ""
              : fmt::format("This figure shows codes that are not classes, but the model has only {}.",
                            listed_blocks(model));
}

std::string block_map_caption(const Model& model, const DataSource& data) {
  std::string caption =
      "Each point is an example. The axes are the first two principal components of the codes of a block.";
  if (data.count(Split::reference) == 0) return caption;
  if (has_block(model, Role::target))
    caption += " In a block of target factors, the reference examples should lie close together.";
  if (has_block(model, Role::common))
    caption += " In a block of common factors, the reference examples should lie among the others.";
  return caption;
}

Figure draw_block_map(const Model& model, const DataSource& data, uint64_t seed) {
  const Shown shown = shown_on_map(data, seed);
  const std::vector<Colouring> colourings = colourings_of(data, shown);
  const Codes codes = encode_all(model, shown.examples);
  std::vector<size_t> blocks;
  for (size_t b = 0; b < codes.size(); ++b)
    if (!model.blocks()[b].categorical) blocks.push_back(b);
  size_t longest = 0;
  for (const Colouring& by : colourings) longest = std::max(longest, by.legend.size());
  const int64_t step = Plot::width(kMapSide) + kMapGap, row = Plot::height(kMapSide) + kMapGap;
  Canvas canvas(kMapGap + row * std::ssize(blocks) + legend_height(longest) + kMapGap,
                kMapGap + step * std::ssize(colourings));
  for (size_t r = 0; r < blocks.size(); ++r) {
    const Tensor plane = plane_of(codes[blocks[r]].to(at::kCPU));
    for (size_t c = 0; c < colourings.size(); ++c)
      draw_map(canvas, kMapGap + static_cast<int64_t>(r) * row, kMapGap + static_cast<int64_t>(c) * step,
               fmt::format("{} {}", model.blocks()[blocks[r]].name, colourings[c].title), plane, colourings[c]);
  }
  for (size_t c = 0; c < colourings.size(); ++c)
    draw_legend(canvas, kMapGap + row * std::ssize(blocks), kMapGap + static_cast<int64_t>(c) * step, kMapSide,
                colourings[c].legend);
  return {"block-map", "Maps of the codes", block_map_caption(model, data), {canvas.frame()}};
}

}  // namespace

FigureEntry block_map_figure() {
  return {"block-map", "The codes of each block in two dimensions, coloured by set, class and factors or columns.",
          "principal components; this project", block_map_lacks, draw_block_map};
}

}  // namespace refract
