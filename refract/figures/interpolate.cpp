// Figure `interpolate`: one block on its way from one image to another.
#include <fmt/format.h>

#include <algorithm>

#include "refract/core/errors.h"
#include "refract/draw/canvas.h"
#include "refract/draw/sheet.h"
#include "refract/figures/entries.h"
#include "refract/figures/sheets.h"
#include "refract/model/manipulate.h"

namespace refract {
namespace {

constexpr int64_t kPairs = 8;
constexpr int64_t kMostBytes = int64_t{256} << 20;  // of the frames of one animation
constexpr size_t kHold = 10;                        // frames for which the ends stay

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

Panel interpolate_panel(const std::string& name, const std::vector<Tensor>& from, const std::vector<Tensor>& moving,
                        const std::vector<Tensor>& to) {
  return {"", {}, {"A", name + " to B", "B"}, {from, moving, to}, 0, 0};
}

// The columns of a part, on their way.
std::vector<Tensor> frames_of(const Model& model, const Pictures& from, const Pictures& to, size_t block, int64_t steps,
                              const SheetPart& part, const OnDrawn& drawn) {
  const auto some = [&](const Tensor& all) { return all.narrow(0, part.left, part.columns); };
  Codes start;
  for (const Tensor& code : from.codes) start.push_back(some(code));
  std::vector<Tensor> there;
  for (const double t : eased(steps)) {
    const Tensor moving = to_bytes(interpolate(model, start, some(to.codes.at(block)), block, t));
    there.push_back(draw_sheet({interpolate_panel(model.blocks().at(block).name, some(from.images).unbind(),
                                                  moving.unbind(), some(to.images).unbind())}));
    if (drawn) drawn(static_cast<int64_t>(there.size()) * part.columns);
  }
  return to_and_fro(there);
}

void check(const Pictures& from, const Pictures& to, int64_t steps) {
  if (steps < 1) throw BadInput(fmt::format("Interpolating: expected at least one step, found {}.", steps));
  if (from.images.sizes() != to.images.sizes())
    throw BadInput(fmt::format("Interpolating: expected as many images to start from as to end at, found {} and {}.",
                               from.images.size(0), to.images.size(0)));
}

Figure interpolate_words(const Model& model, size_t block) {
  const std::string& name = model.blocks().at(block).name;
  const bool alone = model.blocks().size() == 1;
  return {"interpolate",
          fmt::format("Interpolation of {}", name),
          fmt::format("The block {} moves from its code in A (above) to its code in B (below) and back{}.", name,
                      alone ? "" : "; all other codes stay those of A"),
          {}};
}

}  // namespace

Figure interpolation(const Model& model, const Tensor& from, const Tensor& to, size_t block, int64_t steps) {
  const Pictures starts = encoded(model, from);
  const Pictures ends = encoded(model, to);
  check(starts, ends, steps);
  Figure figure = interpolate_words(model, block);
  figure.frames = frames_of(model, starts, ends, block, steps, {0, 0, 1, from.size(0)}, {});
  return figure;
}

std::vector<SheetPart> interpolation_parts(int64_t pairs, int64_t steps, PixelSize size) {
  const PixelSize one = sheet_size({interpolate_panel("e", {{}}, {{}}, {{}})}, size);
  const int64_t bytes = 3 * (steps + 1) * one.height * one.width;
  if (bytes > kMostBytes)
    throw BadInput(
        fmt::format("Interpolating: {} steps of images of {}x{} pixels make an animation of {} MB, which is more than "
                    "{}. Give fewer --steps.",
                    steps, size.width, size.height, bytes >> 20, kMostBytes >> 20));
  return parts_of_table(1, pairs, 1, std::min(images_along_sheet(size).width, kMostBytes / bytes));
}

PagedFigure interpolation_sheets(const Model& model, const Pictures& from, const Pictures& to, size_t block,
                                 int64_t steps) {
  check(from, to, steps);
  const std::vector<SheetPart> parts = interpolation_parts(from.images.size(0), steps, size_of(model.space()));
  PagedFigure figure{interpolate_words(model, block), {}, {}};
  for (const SheetPart& part : parts) figure.images.push_back(part.columns * (steps + 1));
  figure.draw = [&model, from, to, block, steps, parts](size_t sheet, const OnDrawn& drawn) {
    return frames_of(model, from, to, block, steps, parts.at(sheet), drawn);
  };
  return figure;
}

FigureEntry interpolate_figure() {
  return {"interpolate", "Animation: the target block moves from one image to another.", "Ruiz et al. 2019, Sec. 5.4",
          lacks_encoded_images, [](const Model& model, const DataSource& data, uint64_t seed) {
            return interpolation(model, pick(data, Split::unlabelled, kPairs, seed, Turn::interpolation_from),
                                 pick(data, Split::unlabelled, kPairs, seed, Turn::interpolation_to),
                                 moving_block(model));
          }};
}

}  // namespace refract
