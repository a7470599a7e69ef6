// Figures `traversals`, `traversals-posterior` and `traversals-animation`: one latent dimension moves at a time.
#include <fmt/format.h>

#include <algorithm>

#include "refract/draw/sheet.h"
#include "refract/figures/entries.h"
#include "refract/model/dimensions.h"
#include "refract/model/manipulate.h"

namespace refract {
namespace {

constexpr int64_t kMeasured = 500;  // images that tell the KL and the posterior's range
constexpr size_t kMost = 10;        // dimensions shown of a block
constexpr int64_t kTraversalSteps = 9;
constexpr int64_t kMoving = 3;  // images of the animation
constexpr int64_t kFrames = 20;
constexpr const char* kSorted =
    "are sorted by the KL from the prior, shown beside them in nats (without a prior: the variance)";

// "z3 (1.2)"
std::string label_of(const Model& model, const Dimension& d) {
  return fmt::format("{} ({:.1f})", dimension_name(model.blocks()[d.block], d.index), d.kl);
}

std::string range_name(Range range) {
  return range == Range::prior ? "draws from the prior (for a block without one, of the posterior means)"
                               : "the posterior means";
}

// For each block with a way between two codes, its dimensions that say most.
std::vector<std::vector<Dimension>> shown(const Model& model, const DataSource& data, Range range, uint64_t seed) {
  const Tensor images = pick(data, Split::unlabelled, kMeasured, seed, Turn::traversal_range);
  std::vector<std::vector<Dimension>> blocks;
  for (size_t b = 0; b < model.blocks().size(); ++b) {
    if (model.blocks()[b].categorical) continue;
    blocks.push_back(ranked_dimensions(model, images, b, range, seed));
    if (blocks.back().size() > kMost) blocks.back().resize(kMost);
  }
  return blocks;
}

Figure still(const Model& model, const DataSource& data, uint64_t seed, Range range, const std::string& name) {
  const Tensor image = pick(data, Split::unlabelled, 1, seed, Turn::traversal_start);
  std::vector<Panel> panels;
  for (const std::vector<Dimension>& dimensions : shown(model, data, range, seed)) {
    Panel panel{model.blocks()[dimensions.front().block].name, {}, {}, {}, 1, 0};
    for (const Dimension& d : dimensions) {
      panel.rows.push_back(label_of(model, d));
      panel.cells.push_back(traverse(model, image, d.block, d.index, steps_of(d, kTraversalSteps))[0].unbind());
      panel.cells.back().insert(panel.cells.back().begin(), image[0]);
    }
    panels.push_back(std::move(panel));
  }
  return {name,
          "Latent traversals",
          fmt::format("In each row, one dimension of the codes of the image at the left moves from the 2nd to the 98th "
                      "percentile of {}. All others stay. Rows {}.",
                      range_name(range), kSorted),
          {draw_sheet(panels)}};
}

Figure animation(const Model& model, const DataSource& data, uint64_t seed) {
  const Tensor images = pick(data, Split::unlabelled, kMoving, seed, Turn::traversal_start);
  const std::vector<std::vector<Dimension>> blocks = shown(model, data, Range::prior, seed);
  std::vector<std::vector<Tensor>> moved;  // by block and dimension: [N, T, C, S, S]
  for (const std::vector<Dimension>& dimensions : blocks) {
    moved.emplace_back();
    for (const Dimension& d : dimensions)
      moved.back().push_back(traverse(model, images, d.block, d.index, steps_of(d, kFrames)));
  }
  std::vector<Tensor> frames;
  for (int64_t t = 0; t < kFrames; ++t) {
    std::vector<Panel> panels;
    for (size_t b = 0; b < blocks.size(); ++b) {
      Panel panel{"", {}, {}, {}, 0, 0};
      for (const Dimension& d : blocks[b]) panel.columns.push_back(label_of(model, d));
      for (int64_t n = 0; n < images.size(0); ++n) {
        panel.cells.emplace_back();
        for (const Tensor& of_dimension : moved[b]) panel.cells.back().push_back(of_dimension[n][t]);
      }
      panels.push_back(std::move(panel));
    }
    frames.push_back(draw_sheet(panels));
  }
  const std::vector<Tensor> back(frames.rbegin() + 1, frames.rend() - 1);
  frames.insert(frames.end(), back.begin(), back.end());
  return {"traversals-animation", "Latent traversals",
          fmt::format("In each column, one dimension moves from the 2nd to the 98th percentile of draws from the prior "
                      "and back. Each row has the codes of one image. Columns {}.",
                      kSorted),
          std::move(frames)};
}

}  // namespace

FigureEntry traversals_figure() {
  return {"traversals", "One latent dimension per row, over the range of the prior, the strongest first.",
          "Hajimiri et al. 2021, Figs. 4 and 6", lacks_encoded_images,
          [](const Model& model, const DataSource& data, uint64_t seed) {
            return still(model, data, seed, Range::prior, "traversals");
          }};
}

FigureEntry posterior_traversals_figure() {
  return {"traversals-posterior",
          "One latent dimension per row, over the range of the posterior means, the strongest first.",
          "after Hajimiri et al. 2021, Figs. 4 and 6",
          lacks_encoded_images,
          [](const Model& model, const DataSource& data, uint64_t seed) {
            return still(model, data, seed, Range::posterior, "traversals-posterior");
          },
          true};
}

FigureEntry traversal_animation_figure() {
  return {"traversals-animation",
          "Animation: every latent dimension over the range of the prior.",
          "after Hajimiri et al. 2021, Fig. 6",
          lacks_encoded_images,
          animation,
          true};
}

}  // namespace refract
