// Figure `class-interpolations`: one part of the code stays and the other moves, class by class (Zheng and Sun 2019,
// Fig. 4).
#include <ATen/ops/linspace.h>
#include <fmt/format.h>

#include <algorithm>

#include "refract/core/generator.h"
#include "refract/core/random.h"
#include "refract/draw/sheet.h"
#include "refract/figures/entries.h"
#include "refract/model/class_codes.h"
#include "refract/model/manipulate.h"

namespace refract {
namespace {

constexpr int64_t kWaySteps = 9;
constexpr int64_t kClassesMoved = 6;

// Noise on a straight line from the first to the second row, for the blocks that move; the third row for all others.
Codes noise_on_the_way(const Codes& noise, const std::vector<size_t>& moving) {
  const Tensor way = at::linspace(0, 1, kWaySteps).unsqueeze(1);
  Codes all;
  for (size_t b = 0; b < noise.size(); ++b) {
    const bool moves = std::find(moving.begin(), moving.end(), b) != moving.end();
    const Tensor from = noise[b].slice(0, 0, 1), to = noise[b].slice(0, 1, 2);
    all.push_back(moves ? from + way * (to - from) : noise[b].slice(0, 2, 3).repeat({kWaySteps, 1}));
  }
  return all;
}

// A row a class; the columns share the noise.
Panel moving_panel(const Model& model, size_t category, const Codes& noise, const std::vector<size_t>& moving,
                   const std::vector<size_t>& staying, const std::vector<Attribute>& attributes) {
  const Block& classes = model.blocks()[category];
  Panel panel{fmt::format("{} moves{}", joined_names(model, moving),
                          staying.empty() ? "" : fmt::format(", {} stays", joined_names(model, staying))),
              {},
              {},
              {},
              0,
              0};
  const Codes way = noise_on_the_way(noise, moving);
  for (int64_t k = 0; k < std::min(classes.size, kClassesMoved); ++k)
    add_class_row(panel, model, category, way, k, attributes);
  return panel;
}

Figure draw_class_interpolations(const Model& model, const DataSource& data, uint64_t seed) {
  const std::vector<Attribute> attributes = attributes_of(data.info());
  const Codes noise = prior_noise(model, 3, generator_of(mix(seed, Stream::figures)));
  std::vector<Panel> panels;
  for (const size_t category : categories_of(model)) {
    const std::vector<size_t> related = blocks_given(model, category), others = blocks_not_given(model, category);
    if (!related.empty()) panels.push_back(moving_panel(model, category, noise, related, others, attributes));
    if (!others.empty()) panels.push_back(moving_panel(model, category, noise, others, related, attributes));
  }
  return {"class-interpolations",
          "Ways through the prior, class by class",
          "In each row, one part of the code moves between two draws from its prior, and all other parts stay. The "
          "noise of the draws moves in a straight line and is the same in all rows. If the prior depends on the class, "
          "it is that of the row's class.",
          {draw_sheet(panels)}};
}

}  // namespace

std::string lacks_class_codes(const Model& model) {
  if (const std::string missing = lacks_class_pictures(model); !missing.empty()) return missing;
  const std::vector<Block>& blocks = model.blocks();
  if (std::any_of(blocks.begin(), blocks.end(), [](const Block& block) { return !block.categorical; })) return "";
  return fmt::format("This figure moves codes, and the model has only classes: {}.", listed_blocks(model));
}

FigureEntry class_interpolations_figure() {
  return {"class-interpolations", "Class-related factors move and the others stay, and the reverse.",
          "Zheng and Sun 2019, Fig. 4", [](const Model& model, const DataSource&) { return lacks_class_codes(model); },
          draw_class_interpolations};
}

}  // namespace refract
