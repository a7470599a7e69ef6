// Figure `transfer`: visual attribute transfer (Ruiz et al. 2019, Fig. 5).
#include <fmt/format.h>

#include "refract/figures/entries.h"
#include "refract/figures/exchange_grid.h"
#include "refract/figures/sheets.h"

namespace refract {
namespace {

constexpr int64_t kTransferImages = 8;

std::string transfer_lacks(const Model& model, const DataSource& data) {
  const std::string images = lacks_encoded_images(model, data);
  return images.empty() ? lacks_exchange(model) : images;
}

Figure transfer_words(const Model& model, size_t block) {
  return {
      "transfer",
      "Transfer of the target factors",
      fmt::format("Each image takes {0} from the image above its column and everything else from the image at the left "
                  "of its row: the style of the one, the content of the other.",
                  joined_names(model, with_dependents(model, block))),
      {}};
}

}  // namespace

Figure transfer_sheet(const Model& model, const Tensor& target, const Tensor& common) {
  const size_t block = exchanged_block(model);
  Figure figure = transfer_words(model, block);
  figure.frames.push_back(
      exchange_sheet(model, exchange_of(model, encoded(model, target), encoded(model, common), block)));
  return figure;
}

PagedFigure transfer_sheets(const Model& model, const Pictures& target, const Pictures& common, size_t block) {
  return exchange_sheets(model, exchange_of(model, target, common, block), transfer_words(model, block));
}

FigureEntry transfer_figure() {
  return {"transfer", "The target factors of some images, transferred to others.", "Ruiz et al. 2019, Fig. 5",
          transfer_lacks, [](const Model& model, const DataSource& data, uint64_t seed) {
            return transfer_sheet(model, pick(data, Split::unlabelled, kTransferImages, seed, Turn::transfer_target),
                                  pick(data, Split::unlabelled, kTransferImages, seed, Turn::transfer_common));
          }};
}

}  // namespace refract
