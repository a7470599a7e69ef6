// Figure `samples`: images from the prior (Ruiz et al. 2019, Fig. 10).
#include <fmt/format.h>

#include "refract/figures/entries.h"
#include "refract/figures/manipulate.h"
#include "refract/figures/sheet.h"
#include "refract/figures/sheets.h"

namespace refract {
namespace {

constexpr int64_t kPanels = 6;
constexpr size_t kAcross = 3;
constexpr int64_t kSide = 4;

std::string lacks(const Model& model, const DataSource& /*data*/) {
  return lacks_prior(model);
}

}  // namespace

Figure sample_sheet(const Model& model, int64_t panels, int64_t side, uint64_t seed) {
  const bool shared = has_block(model, Role::target);
  std::vector<Panel> drawn;
  for (const Tensor& images : sample(model, panels, side * side, seed).unbind()) {
    Panel panel{"", {}, {}, {}, 0, 0};
    if (shared)
      panel.heading = fmt::format("{} {}", model.blocks()[block_of(model, Role::target)].name, drawn.size() + 1);
    for (const Tensor& row : images.split(side)) panel.cells.push_back(row.unbind());
    drawn.push_back(std::move(panel));
  }
  Figure figure{"samples", "Samples", "Images drawn from the prior.", {draw_sheet(drawn, kAcross)}};
  if (shared)
    figure.caption +=
        " The images of a panel share the target factors; the images at the same place of all panels share the common "
        "factors.";
  return figure;
}

FigureEntry samples_figure() {
  return {"samples", "Images drawn from the prior: panels share target factors, positions common factors.",
          "Ruiz et al. 2019, Fig. 10", lacks, [](const Model& model, const DataSource&, uint64_t seed) {
            return sample_sheet(model, kPanels, kSide, seed);
          }};
}

}  // namespace refract
