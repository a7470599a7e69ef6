// Figure `data`: the data set itself.
#include <algorithm>

#include "refract/draw/sheet.h"
#include "refract/figures/entries.h"
#include "refract/figures/sheets.h"

namespace refract {
namespace {

constexpr int64_t kDataSide = 8;

Panel table_of(std::string heading, const Tensor& images) {
  Panel panel{std::move(heading), {}, {}, {}, 0, 0};
  for (const Tensor& row : images.split(kDataSide)) panel.cells.push_back(row.unbind());
  return panel;
}

}  // namespace

Figure data_sheet(const Tensor& unlabelled, const Tensor& reference) {
  std::vector<Panel> panels;
  if (unlabelled.defined()) panels.push_back(table_of("unlabelled images", unlabelled));
  if (reference.defined()) panels.push_back(table_of("reference images", reference));
  Figure figure{"data", "The data", "Unlabelled images, in which everything varies.", {draw_sheet(panels, 2)}};
  if (reference.defined())
    figure.caption =
        "Unlabelled images, in which everything varies, and reference images, in which the target factors are "
        "constant. "
        "No image of one set has a partner in the other.";
  return figure;
}

Figure data_sheet(const DataSource& data, uint64_t seed) {
  return data_sheet(pick(data, Split::unlabelled, kDataSide * kDataSide, seed),
                    pick(data, Split::reference, kDataSide * kDataSide, seed));
}

FigureEntry data_figure() {
  return {"data", "Images of the data set: unlabelled and reference.", "Ruiz et al. 2019, Fig. 1",
          [](const Model&, const DataSource& data) { return lacks_images(data); },
          [](const Model&, const DataSource& data, uint64_t seed) { return data_sheet(data, seed); }};
}

}  // namespace refract
