// Figure `swap`: the swapping grid (Mathieu et al. 2016, Fig. 2a).
#include <fmt/format.h>

#include "refract/figures/entries.h"
#include "refract/figures/exchange_grid.h"
#include "refract/figures/sheets.h"

namespace refract {
namespace {

constexpr int64_t kSwapImages = 9;

std::string swap_lacks(const Model& model, const DataSource& data) {
  const std::string images = lacks_encoded_images(model, data);
  return images.empty() ? lacks_exchange(model) : images;
}

Figure swap_words(const Model& model, size_t block, bool same_images) {
  return {"swap",
          "Swapping grid",
          fmt::format("Each image takes {} from the image above its column and everything else from the image at the "
                      "left of its row.{}",
                      joined_names(model, with_dependents(model, block)),
                      same_images ? " On the diagonal are reconstructions." : ""),
          {}};
}

}  // namespace

Figure swap_sheet(const Model& model, const Tensor& images, size_t block) {
  const Pictures pictures = encoded(model, images);
  Figure figure = swap_words(model, block, true);
  figure.frames.push_back(exchange_sheet(model, exchange_of(model, pictures, pictures, block)));
  return figure;
}

PagedFigure swap_sheets(const Model& model, const Pictures& top, const Pictures& left, size_t block) {
  return exchange_sheets(model, exchange_of(model, top, left, block),
                         swap_words(model, block, top.images.is_same(left.images)));
}

// `transfer` shows the same of two lists of training images.
FigureEntry swap_figure() {
  return {"swap",
          "Held-out images that swap their target factors, in all pairs.",
          "Mathieu et al. 2016, Fig. 2",
          swap_lacks,
          [](const Model& model, const DataSource& data, uint64_t seed) {
            return swap_sheet(model, pick(data, split_for_show(data), kSwapImages, seed, Turn::swap),
                              exchanged_block(model));
          },
          /*on_request=*/true};
}

}  // namespace refract
