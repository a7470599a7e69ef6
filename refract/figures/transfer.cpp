// Figure `transfer`: visual attribute transfer (Ruiz et al. 2019, Fig. 5).
#include <fmt/format.h>

#include "refract/figures/entries.h"
#include "refract/figures/exchange_grid.h"
#include "refract/figures/sheets.h"

namespace refract {
namespace {

constexpr int64_t kTransferImages = 8;

std::string transfer_lacks(const Model& model, const DataSource& data) {
  const std::string images = lacks_images(data);
  return images.empty() ? lacks_exchange(model) : images;
}

ExchangeGrid transfer_grid(const Model& model, const Pictures& target, const Pictures& common) {
  return exchange_of(model, target, common, exchanged_block(model));
}

Figure transfer_words(const Model& model) {
  return {
      "transfer",
      "Transfer of the target factors",
      fmt::format("Each image takes {0} from the image above its column and everything else from the image at the left "
                  "of its row: the style of the one, the content of the other.",
                  model.blocks()[exchanged_block(model)].name),
      {}};
}

}  // namespace

Figure transfer_sheet(const Model& model, const Tensor& target, const Tensor& common) {
  Figure figure = transfer_words(model);
  figure.frames.push_back(exchange_sheet(model, transfer_grid(model, encoded(model, target), encoded(model, common))));
  return figure;
}

PagedFigure transfer_sheets(const Model& model, const Pictures& target, const Pictures& common) {
  return exchange_sheets(model, transfer_grid(model, target, common), transfer_words(model));
}

FigureEntry transfer_figure() {
  return {"transfer", "The target factors of some images, transferred to others.", "Ruiz et al. 2019, Fig. 5",
          transfer_lacks, [](const Model& model, const DataSource& data, uint64_t seed) {
            return transfer_sheet(model, pick(data, Split::unlabelled, kTransferImages, seed, Turn::transfer_target),
                                  pick(data, Split::unlabelled, kTransferImages, seed, Turn::transfer_common));
          }};
}

}  // namespace refract
