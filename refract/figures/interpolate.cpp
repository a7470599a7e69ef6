// Figure `interpolate`: one block on its way from one image to another.
#include <fmt/format.h>

#include <algorithm>

#include "refract/core/errors.h"
#include "refract/figures/entries.h"
#include "refract/figures/manipulate.h"
#include "refract/figures/sheet.h"
#include "refract/figures/sheets.h"

namespace refract {
namespace {

constexpr int64_t kPairs = 8;
constexpr size_t kHold = 10;  // frames for which the ends stay

// From 0 to 1, slow at both ends.
std::vector<double> eased(int64_t steps) {
  std::vector<double> fractions;
  for (int64_t i = 0; i <= steps; ++i) {
    const double t = static_cast<double>(i) / static_cast<double>(steps);
    fractions.push_back(t * t * (3 - 2 * t));
  }
  return fractions;
}

// There, a pause, back, a pause.
std::vector<Tensor> to_and_fro(const std::vector<Tensor>& there) {
  std::vector<Tensor> frames = there;
  frames.insert(frames.end(), kHold, there.back());
  frames.insert(frames.end(), there.rbegin(), there.rend());
  frames.insert(frames.end(), kHold, there.front());
  return frames;
}

// The exchanged block, or else the first that has a way between two codes.
size_t moving_block(const Model& model) {
  if (lacks_exchange(model).empty()) return exchanged_block(model);
  const auto moves = [](const Block& block) { return !block.categorical; };
  const auto& blocks = model.blocks();
  return static_cast<size_t>(std::find_if(blocks.begin(), blocks.end(), moves) - blocks.begin());
}

}  // namespace

Figure interpolation(const Model& model, const Tensor& from, const Tensor& to, size_t block, int64_t steps) {
  if (steps < 1) throw BadInput(fmt::format("Interpolating: expected at least one step, found {}.", steps));
  const std::string& name = model.blocks().at(block).name;
  std::vector<Tensor> there;
  for (const Tensor& moving : interpolate(model, from, to, block, eased(steps)).unbind())
    there.push_back(
        draw_sheet({{"", {}, {"A", name + " to B", "B"}, {from.unbind(), moving.unbind(), to.unbind()}, 0, 0}}));
  const bool alone = model.blocks().size() == 1;
  return {"interpolate", fmt::format("Interpolation of {}", name),
          fmt::format("The block {} moves from that of A (above) to that of B (below) and back{}.", name,
                      alone ? "" : "; everything else stays that of A"),
          to_and_fro(there)};
}

FigureEntry interpolate_figure() {
  return {"interpolate", "Animation: the target block moves from one image's to another's.",
          "Ruiz et al. 2019, Sec. 5.4", [](const Model&, const DataSource& data) { return lacks_images(data); },
          [](const Model& model, const DataSource& data, uint64_t seed) {
            return interpolation(model, pick(data, Split::unlabelled, kPairs, seed, 3),
                                 pick(data, Split::unlabelled, kPairs, seed, 4), moving_block(model));
          }};
}

}  // namespace refract
