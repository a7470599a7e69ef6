// Figure `class-traversals`: single dimensions move in units of the prior of the class (Zheng and Sun 2019, Fig. 5).
#include <ATen/ops/linspace.h>
#include <fmt/format.h>

#include <algorithm>

#include "refract/core/generator.h"
#include "refract/core/random.h"
#include "refract/draw/sheet.h"
#include "refract/figures/entries.h"
#include "refract/model/class_codes.h"
#include "refract/model/dimensions.h"

namespace refract {
namespace {

constexpr int64_t kDimensionsOfBlock = 3;
constexpr int64_t kTraversedClasses = 5;
constexpr int64_t kDeviationSteps = 7;
constexpr double kDeviations = 2.5;  // of the prior, to each side of its mean

// A row a class, in which the dimension moves.
Panel class_traversal_panel(const Model& model, size_t category, const Codes& noise, size_t block, int64_t dimension,
                            const std::vector<Attribute>& attributes) {
  const Block& classes = model.blocks()[category];
  Codes moving;
  for (const Tensor& row : noise) moving.push_back(row.repeat({kDeviationSteps, 1}));
  moving[block].select(1, dimension).copy_(at::linspace(-kDeviations, kDeviations, kDeviationSteps));
  Panel panel{dimension_name(model.blocks()[block], dimension), {}, {}, {}, 0, 0};
  for (int64_t k = 0; k < std::min(classes.size, kTraversedClasses); ++k)
    add_class_row(panel, model, category, moving, k, attributes);
  return panel;
}

Figure draw_class_traversals(const Model& model, const DataSource& data, uint64_t seed) {
  const std::vector<Attribute> attributes = attributes_of(data.info());
  const Codes noise = prior_noise(model, 1, generator_of(mix(seed, Stream::figures)));
  std::vector<Panel> panels;
  for (const size_t category : categories_of(model))
    for (size_t b = 0; b < model.blocks().size(); ++b) {
      if (model.blocks()[b].categorical) continue;
      for (const int64_t d : strongest_dimensions(model, noise, category, b, kDimensionsOfBlock))
        panels.push_back(class_traversal_panel(model, category, noise, b, d, attributes));
    }
  return {
      "class-traversals",
      "Traversals in units of the prior of each class",
      fmt::format("In each panel, one dimension moves from {0} standard deviations below the mean of its prior to {0} "
                  "above it. If the prior depends on the class, it is that of the row's class. All other codes of a "
                  "row stay. The panels show the {1} dimensions of each block that change the images most.",
                  kDeviations, kDimensionsOfBlock),
      {draw_sheet(panels)}};
}

}  // namespace

FigureEntry class_traversals_figure() {
  return {"class-traversals",
          "One latent dimension per panel, one class per row, in units of the prior of the class.",
          "Zheng and Sun 2019, Fig. 5",
          [](const Model& model, const DataSource&) { return lacks_class_codes(model); },
          draw_class_traversals,
          /*on_request=*/true};
}

}  // namespace refract
