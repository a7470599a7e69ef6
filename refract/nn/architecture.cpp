#include "refract/nn/architecture.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "refract/core/errors.h"

namespace refract {

Extent coarsest_extent(const Space& space, const Widths& widths) {
  const auto halvings = static_cast<int64_t>(widths.size());
  const Extent coarsest{space.height() >> halvings, space.width() >> halvings};
  const auto fits = [&](int64_t side, int64_t left) { return left >= 2 && left << halvings == side; };
  if (halvings < 1 || !fits(space.height(), coarsest.height) || !fits(space.width(), coarsest.width))
    throw BadInput(
        fmt::format("Building networks for images of {}x{} with widths {}: each width halves both sides, which must "
                    "give whole numbers of 2 pixels or more. Choose fewer widths or another size.",
                    space.width(), space.height(), fmt::join(widths, ",")));
  return coarsest;
}

const Widths& dense_widths_of(const Architecture& architecture) {
  if (!architecture.dense_widths.empty()) return architecture.dense_widths;
  throw BadInput(
      "Building dense networks: dense_widths is empty, and at least one layer is expected. Set it, as in "
      "dense_widths=256,256.");
}

}  // namespace refract
