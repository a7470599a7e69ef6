#include "refract/core/options.h"
#include "refract/core/text.h"
#include "refract/figures/entries.h"
#include "refract/figures/figure.h"

namespace refract {

const std::vector<FigureEntry>& figures() {
  static const std::vector<FigureEntry> entries = {data_figure(),
                                                   reconstructions_figure(),
                                                   synthesize_figure(),
                                                   transfer_figure(),
                                                   swap_figure(),
                                                   samples_figure(),
                                                   interpolate_figure(),
                                                   interpolation_grid_figure(),
                                                   traversals_figure(),
                                                   posterior_traversals_figure(),
                                                   traversal_animation_figure(),
                                                   class_samples_figure(),
                                                   class_priors_figure(),
                                                   class_interpolations_figure(),
                                                   class_traversals_figure(),
                                                   inpainting_figure(),
                                                   block_map_figure(),
                                                   column_effects_figure(),
                                                   value_scatter_figure(),
                                                   generated_scatter_figure()};
  return entries;
}

const FigureEntry& figure(std::string_view name) {
  return named(figures(), "figure", name, "`refract list figures` shows all");
}

}  // namespace refract
