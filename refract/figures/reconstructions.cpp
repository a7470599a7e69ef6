// Figure `reconstructions`: images beside what the model makes of them.
#include <fmt/format.h>

#include "refract/draw/sheet.h"
#include "refract/figures/entries.h"
#include "refract/figures/sheets.h"
#include "refract/model/manipulate.h"

namespace refract {
namespace {

constexpr int64_t kReconstructions = 10;

std::string neutral_label(const Model& model) {
  return fmt::format("reference {}", model.blocks()[block_of(model, Role::target)].name);
}

Panel unlabelled_panel(const Model& model, const Tensor& images) {
  Panel panel{"unlabelled images",
              {},
              {"image", "reconstruction"},
              {images.unbind(), reconstruct(model, images).unbind()},
              0,
              1};
  const Tensor neutral = neutralize(model, images);
  if (neutral.defined()) {
    panel.rows.push_back(neutral_label(model));
    panel.cells.push_back(neutral.unbind());
  }
  return panel;
}

Panel reference_panel(const Model& model, const Tensor& images) {
  const Tensor neutral = neutralize(model, images);
  const Tensor shown = neutral.defined() ? neutral : reconstruct(model, images);
  return {"reference images", {}, {"image", "reconstruction"}, {images.unbind(), shown.unbind()}, 0, 1};
}

}  // namespace

Figure reconstruction_sheet(const Model& model, const Tensor& unlabelled, const Tensor& reference) {
  std::vector<Panel> panels = {unlabelled_panel(model, unlabelled)};
  if (reference.defined()) panels.push_back(reference_panel(model, reference));
  Figure figure{"reconstructions", "Reconstructions", "Each image is above its reconstruction.", {draw_sheet(panels)}};
  if (!model.reference_code().defined()) return figure;
  figure.caption += fmt::format(
      " In the row \"{}\" the code of the reference set replaces the target block: what is special to the unlabelled "
      "images disappears, and what they share with the reference images stays. Reference images are reconstructed with "
      "that code.",
      neutral_label(model));
  return figure;
}

FigureEntry reconstructions_figure() {
  return {"reconstructions", "Images with their reconstructions, and with the target factors removed.",
          "Ruiz et al. 2019, Sec. 3", lacks_encoded_images,
          [](const Model& model, const DataSource& data, uint64_t seed) {
            return reconstruction_sheet(model, pick(data, Split::unlabelled, kReconstructions, seed),
                                        pick(data, Split::reference, kReconstructions, seed));
          }};
}

}  // namespace refract
