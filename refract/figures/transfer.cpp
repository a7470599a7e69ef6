// Figure `transfer`: visual attribute transfer (Ruiz et al. 2019, Fig. 5).
#include <fmt/format.h>

#include "refract/figures/entries.h"
#include "refract/figures/manipulate.h"
#include "refract/figures/sheet.h"
#include "refract/figures/sheets.h"

namespace refract {
namespace {

constexpr int64_t kImages = 8;

std::string lacks(const Model& model, const DataSource& data) {
  const std::string images = lacks_images(data);
  return images.empty() ? lacks_exchange(model) : images;
}

}  // namespace

Figure transfer_sheet(const Model& model, const Tensor& target, const Tensor& common) {
  const std::string& name = model.blocks()[exchanged_block(model)].name;
  Panel panel{fmt::format("{} from the top row, the rest from the left column", name),
              {},
              {},
              cells_of(transfer(model, target, common)),
              1,
              1};
  const std::vector<Tensor> left = common.unbind();
  for (size_t row = 0; row < left.size(); ++row) panel.cells[row].insert(panel.cells[row].begin(), left[row]);
  std::vector<Tensor> top = target.unbind();
  top.insert(top.begin(), Tensor());
  panel.cells.insert(panel.cells.begin(), std::move(top));
  return {
      "transfer",
      "Transfer of the target factors",
      fmt::format("Each image takes {0} from the image above its column and everything else from the image at the left "
                  "of its row: the style of the one, the content of the other.",
                  name),
      {draw_sheet({panel})}};
}

FigureEntry transfer_figure() {
  return {"transfer", "Target factors of some images given to others.", "Ruiz et al. 2019, Fig. 5", lacks,
          [](const Model& model, const DataSource& data, uint64_t seed) {
            return transfer_sheet(model, pick(data, Split::unlabelled, kImages, seed, 1),
                                  pick(data, Split::unlabelled, kImages, seed, 2));
          }};
}

}  // namespace refract
