// Figure `synthesize`: conditional image synthesis (Ruiz et al. 2019, Fig. 4).
#include <fmt/format.h>

#include "refract/figures/entries.h"
#include "refract/figures/exchange_grid.h"
#include "refract/figures/sheets.h"

namespace refract {
namespace {

constexpr int64_t kSynthesizeImages = 8;
constexpr int64_t kVariants = 9;

std::string synthesize_lacks(const Model& model, const DataSource& data) {
  const std::string images = lacks_encoded_images(model, data);
  return images.empty() ? lacks_synthesis(model) : images;
}

ExchangeGrid synthesize_grid(const Model& model, const Pictures& pictures, int64_t variants, uint64_t seed,
                             size_t block) {
  return {block, pictures, prior_columns(model, pictures.codes, block, variants, seed), variants, {}, ""};
}

// The names of the blocks that the columns of a drawn block leave alone.
std::string kept_names(const Model& model, size_t drawn) {
  std::string names;
  for (size_t b = 0; b < model.blocks().size(); ++b)
    if (b != drawn && model.blocks()[b].given != drawn)
      names += fmt::format("{}{}", names.empty() ? "" : " and ", model.blocks()[b].name);
  return names;
}

std::string drawing_of(const Block& block) {
  if (block.given)
    return fmt::format("in each column {} is drawn from the prior of the class of the image, with the same noise",
                       block.name);
  if (block.categorical)
    return fmt::format("each column shares one class {} drawn from its prior, with what depends on the class",
                       block.name);
  return fmt::format("each column shares one {} drawn from the prior", block.name);
}

Figure synthesize_words(const Model& model, size_t block) {
  const Block& drawn = model.blocks()[block];
  Figure figure{"synthesize", "Conditional synthesis", "", {}};
  if (lacks_exchange(model).empty() && block == exchanged_block(model))
    figure.caption = fmt::format(
        "Each row keeps the common factors of the image at its left; each column shares one {0} drawn "
        "from the prior. The content should stay along a row, and the style along a column.",
        drawn.name);
  else
    figure.caption =
        fmt::format("Each row keeps {} of the image at its left; {}.", kept_names(model, block), drawing_of(drawn));
  return figure;
}

}  // namespace

Figure synthesis_sheet(const Model& model, const Tensor& images, int64_t variants, uint64_t seed) {
  const size_t block = exchanged_block(model);
  Figure figure = synthesize_words(model, block);
  figure.frames.push_back(exchange_sheet(model, synthesize_grid(model, encoded(model, images), variants, seed, block)));
  return figure;
}

PagedFigure synthesis_sheets(const Model& model, const Pictures& pictures, int64_t variants, uint64_t seed) {
  return synthesis_sheets(model, pictures, variants, seed, exchanged_block(model));
}

PagedFigure synthesis_sheets(const Model& model, const Pictures& pictures, int64_t variants, uint64_t seed,
                             size_t block) {
  return exchange_sheets(model, synthesize_grid(model, pictures, variants, seed, block),
                         synthesize_words(model, block));
}

FigureEntry synthesize_figure() {
  return {"synthesize", "Images that keep their common factors under sampled target factors.",
          "Ruiz et al. 2019, Fig. 4", synthesize_lacks, [](const Model& model, const DataSource& data, uint64_t seed) {
            return synthesis_sheet(model, pick(data, Split::unlabelled, kSynthesizeImages, seed), kVariants, seed);
          }};
}

}  // namespace refract
