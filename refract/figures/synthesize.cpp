// Figure `synthesize`: conditional image synthesis (Ruiz et al. 2019, Fig. 4).
#include <fmt/format.h>

#include "refract/core/errors.h"
#include "refract/figures/entries.h"
#include "refract/figures/exchange_grid.h"
#include "refract/figures/sheets.h"

namespace refract {
namespace {

constexpr int64_t kSynthesizeImages = 8;
constexpr int64_t kVariants = 9;

std::string synthesize_lacks(const Model& model, const DataSource& data) {
  const std::string images = lacks_images(data);
  return images.empty() ? lacks_synthesis(model) : images;
}

ExchangeGrid synthesize_grid(const Model& model, const Pictures& pictures, int64_t variants, uint64_t seed) {
  if (const std::string missing = lacks_synthesis(model); !missing.empty()) throw BadInput(missing);
  const size_t block = exchanged_block(model);
  return {block, pictures, prior_variants(model, variants, seed), {}, ""};
}

Figure synthesize_words(const Model& model) {
  return {"synthesize",
          "Conditional synthesis",
          fmt::format("Each row keeps the common factors of the image at its left; each column shares one {0} drawn "
                      "from the prior. The content should stay along a row, and the style along a column.",
                      model.blocks()[exchanged_block(model)].name),
          {}};
}

}  // namespace

Figure synthesis_sheet(const Model& model, const Tensor& images, int64_t variants, uint64_t seed) {
  Figure figure = synthesize_words(model);
  figure.frames.push_back(exchange_sheet(model, synthesize_grid(model, encoded(model, images), variants, seed)));
  return figure;
}

PagedFigure synthesis_sheets(const Model& model, const Pictures& pictures, int64_t variants, uint64_t seed) {
  return exchange_sheets(model, synthesize_grid(model, pictures, variants, seed), synthesize_words(model));
}

FigureEntry synthesize_figure() {
  return {"synthesize", "Images that keep their common factors under sampled target factors.",
          "Ruiz et al. 2019, Fig. 4", synthesize_lacks, [](const Model& model, const DataSource& data, uint64_t seed) {
            return synthesis_sheet(model, pick(data, Split::unlabelled, kSynthesizeImages, seed), kVariants, seed);
          }};
}

}  // namespace refract
