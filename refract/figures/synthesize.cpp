// Figure `synthesize`: conditional image synthesis (Ruiz et al. 2019, Fig. 4).
#include <fmt/format.h>

#include "refract/figures/entries.h"
#include "refract/figures/manipulate.h"
#include "refract/figures/sheet.h"
#include "refract/figures/sheets.h"

namespace refract {
namespace {

constexpr int64_t kImages = 8;
constexpr int64_t kVariants = 9;

std::string lacks(const Model& model, const DataSource& data) {
  const std::string images = lacks_images(data);
  return images.empty() ? lacks_synthesis(model) : images;
}

}  // namespace

Figure synthesis_sheet(const Model& model, const Tensor& images, int64_t variants, uint64_t seed) {
  const std::string& name = model.blocks()[exchanged_block(model)].name;
  Panel panel{"", {"image"}, {}, cells_of(synthesize(model, images, variants, seed)), 1, 0};
  for (int64_t v = 1; v <= variants; ++v) panel.columns.push_back(fmt::format("{} {}", name, v));
  const std::vector<Tensor> originals = images.unbind();
  for (size_t row = 0; row < originals.size(); ++row) panel.cells[row].insert(panel.cells[row].begin(), originals[row]);
  return {"synthesize",
          "Conditional synthesis",
          fmt::format(
              "Each row keeps the common factors of the image at its left; each column shares one {0} drawn from the "
              "prior. Along a row the content should stay, down a column the style.",
              name),
          {draw_sheet({panel})}};
}

FigureEntry synthesize_figure() {
  return {"synthesize", "Images that keep their common factors under sampled target factors.",
          "Ruiz et al. 2019, Fig. 4", lacks, [](const Model& model, const DataSource& data, uint64_t seed) {
            return synthesis_sheet(model, pick(data, Split::unlabelled, kImages, seed), kVariants, seed);
          }};
}

}  // namespace refract
