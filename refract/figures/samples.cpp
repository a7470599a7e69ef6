// Figure `samples`: images from the prior (Ruiz et al. 2019, Fig. 10).
#include <fmt/format.h>

#include <algorithm>

#include "refract/draw/canvas.h"
#include "refract/draw/sheet.h"
#include "refract/figures/entries.h"
#include "refract/figures/sheets.h"
#include "refract/model/manipulate.h"

namespace refract {
namespace {

constexpr int64_t kPanels = 6;
constexpr int64_t kPanelsAcross = 3;
constexpr int64_t kPanelSide = 4;

std::string samples_lacks(const Model& model, const DataSource& /*data*/) {
  const std::string pictures = lacks_pictures(model);
  return pictures.empty() ? lacks_prior(model) : pictures;
}

Figure samples_words(const Model& model) {
  Figure figure{"samples", "Samples", "Images drawn from the prior.", {}};
  if (has_block(model, Role::target))
    figure.caption +=
        " The images of a panel share the target factors; the images at the same place of all panels share the common "
        "factors.";
  return figure;
}

// Panel `number`, counted from 1; undefined images leave places for as many.
Panel samples_panel(const Model& model, int64_t number, int64_t side, const Tensor& images) {
  Panel panel{"", {}, {}, {}, 0, 0};
  if (has_block(model, Role::target))
    panel.heading = fmt::format("{} {}", model.blocks()[block_of(model, Role::target)].name, number);
  if (!images.defined())
    panel.cells.assign(static_cast<size_t>(side), std::vector<Tensor>(static_cast<size_t>(side)));
  else
    for (const Tensor& row : images.split(side)) panel.cells.push_back(row.unbind());
  return panel;
}

// The panels of a part, whose columns count panels, on one sheet; of the codes of all panels.
Tensor drawn(const Model& model, const Codes& codes, int64_t side, const SheetPart& part, int64_t across,
             const OnDrawn& on_drawn) {
  const int64_t images = side * side;
  std::vector<Panel> panels;
  for (int64_t p = part.left; p < part.left + part.columns; ++p) {
    Codes of_panel;
    for (const Tensor& code : codes) of_panel.push_back(code.narrow(0, p * images, images));
    panels.push_back(samples_panel(model, p + 1, side, to_bytes(decode_all(model, of_panel))));
    if (on_drawn) on_drawn((p - part.left + 1) * images);
  }
  return draw_sheet(panels, static_cast<size_t>(across));
}

}  // namespace

Figure sample_sheet(const Model& model, int64_t panels, int64_t side, uint64_t seed) {
  Figure figure = samples_words(model);
  const Codes codes = sample_codes(model, panels, side * side, seed);
  figure.frames.push_back(drawn(model, codes, side, {0, 0, 1, panels}, kPanelsAcross, {}));
  return figure;
}

PagedFigure sample_sheets(const Model& model, int64_t panels, int64_t side, uint64_t seed) {
  const PixelSize one = sheet_size({samples_panel(model, 1, side, {})}, size_of(model.space()));
  const int64_t across = std::clamp<int64_t>(kSheetSide / one.width, 1, kPanelsAcross);
  const int64_t down = std::max<int64_t>(1, kSheetSide / one.height);
  const std::vector<SheetPart> parts = parts_of_table(1, panels, 1, across * down);
  PagedFigure figure{samples_words(model), {}, {}};
  for (const SheetPart& part : parts) figure.images.push_back(part.columns * side * side);
  const Codes codes = sample_codes(model, panels, side * side, seed);
  figure.draw = [&model, codes, parts, side, across](size_t sheet, const OnDrawn& on_drawn) {
    return std::vector<Tensor>{drawn(model, codes, side, parts.at(sheet), across, on_drawn)};
  };
  return figure;
}

FigureEntry samples_figure() {
  return {"samples", "Images sampled from the prior: panels share target factors, positions share common factors.",
          "Ruiz et al. 2019, Fig. 10", samples_lacks, [](const Model& model, const DataSource&, uint64_t seed) {
            return sample_sheet(model, kPanels, kPanelSide, seed);
          }};
}

}  // namespace refract
