// Figure `interpolation-grid`: two parts of the code on their way, independently (Mathieu et al. 2016, Fig. 2b).
#include <fmt/format.h>

#include <algorithm>

#include "refract/core/errors.h"
#include "refract/draw/canvas.h"
#include "refract/figures/entries.h"
#include "refract/figures/sheets.h"

namespace refract {
namespace {

constexpr int64_t kGridPairs = 2;
constexpr int64_t kGridSteps = 7;
constexpr size_t kPanelsOfGrid = 3;  // A, the grid, B

std::string interpolation_grid_lacks(const Model& model, const DataSource& data) {
  const std::string images = lacks_encoded_images(model, data);
  return images.empty() ? lacks_interpolation_grid(model) : images;
}

// "e", or "c and u", of the blocks that move across or of all others.
std::string moving_names(const Model& model, const std::vector<size_t>& across, bool wanted) {
  std::string names;
  for (size_t b = 0; b < model.blocks().size(); ++b)
    if ((std::find(across.begin(), across.end(), b) != across.end()) == wanted)
      names += fmt::format("{}{}", names.empty() ? "" : " and ", model.blocks()[b].name);
  return names;
}

Figure interpolation_grid_words(const Model& model, const std::vector<size_t>& across) {
  return {"interpolation-grid",
          "Interpolation grid",
          fmt::format("The images A and B are real. The columns take {} from A to B, from left to right. The rows take "
                      "{} from A to B, from the top down.",
                      moving_names(model, across, true), moving_names(model, across, false)),
          {}};
}

// One column as high as the grid, with the image in its first or last place.
Panel end_panel(const std::string& name, const Tensor& image, int64_t side, bool first) {
  Panel panel{name, {}, {}, std::vector<std::vector<Tensor>>(static_cast<size_t>(side), {Tensor()}), 0, 0};
  (first ? panel.cells.front() : panel.cells.back()).front() = image;
  return panel;
}

// Undefined images leave their places empty.
std::vector<Panel> panels_of_grid(const std::string& heading, const Tensor& from, const Tensor& to,
                                  std::vector<std::vector<Tensor>> cells) {
  const int64_t side = std::ssize(cells);
  return {end_panel("A", from, side, true), {heading, {}, {}, std::move(cells), 0, 0}, end_panel("B", to, side, false)};
}

std::vector<Panel> grid_of_pair(const Model& model, const Pictures& from, const Pictures& to, int64_t pair,
                                const std::vector<size_t>& across, int64_t steps) {
  Codes start, end;
  for (const Tensor& code : from.codes) start.push_back(code.narrow(0, pair, 1));
  for (const Tensor& code : to.codes) end.push_back(code.narrow(0, pair, 1));
  const std::string heading =
      fmt::format("{} to the right, {} down", moving_names(model, across, true), moving_names(model, across, false));
  return panels_of_grid(heading, to_bytes(from.images[pair]), to_bytes(to.images[pair]),
                        cells_of(to_bytes(interpolation_grid(model, start, end, across, steps))));
}

void check_ends(const Pictures& from, const Pictures& to) {
  if (from.images.sizes() != to.images.sizes())
    throw BadInput(fmt::format("Interpolating: expected as many images to start from as to end at, found {} and {}.",
                               from.images.size(0), to.images.size(0)));
}

// The longer side of the sheet of one pair.
int64_t grid_sheet_side(int64_t steps, PixelSize size) {
  const auto side = static_cast<size_t>(steps + 1);
  const std::vector<std::vector<Tensor>> cells(side, std::vector<Tensor>(side));
  const PixelSize sheet = sheet_size(panels_of_grid("e", {}, {}, cells), size, kPanelsOfGrid);
  return std::max(sheet.height, sheet.width);
}

}  // namespace

int64_t most_grid_steps(PixelSize size) {
  int64_t steps = 1;
  while (grid_sheet_side(steps + 1, size) <= kSheetSide) ++steps;
  return steps;
}

void check_grid_steps(int64_t steps, PixelSize size) {
  if (steps < 1) throw BadInput(fmt::format("Interpolating: expected at least one step, found {}.", steps));
  const int64_t most = most_grid_steps(size);
  if (steps > most)
    throw BadInput(
        fmt::format("Interpolating: a grid of {} steps between images of {}x{} pixels is larger than a sheet of {} "
                    "pixels a side, which has room for {}. Give fewer --steps.",
                    steps, size.width, size.height, kSheetSide, most));
}

Figure interpolation_grid_sheet(const Model& model, const Tensor& from, const Tensor& to,
                                const std::vector<size_t>& across, int64_t steps) {
  const Pictures starts = encoded(model, from), ends = encoded(model, to);
  check_ends(starts, ends);
  std::vector<Panel> panels;
  for (int64_t pair = 0; pair < from.size(0); ++pair)
    for (Panel& panel : grid_of_pair(model, starts, ends, pair, across, steps)) panels.push_back(std::move(panel));
  Figure figure = interpolation_grid_words(model, across);
  figure.frames.push_back(draw_sheet(panels, kPanelsOfGrid));
  return figure;
}

PagedFigure interpolation_grid_sheets(const Model& model, const Pictures& from, const Pictures& to,
                                      const std::vector<size_t>& across, int64_t steps) {
  check_ends(from, to);
  check_grid_steps(steps, size_of(model.space()));
  const int64_t images = (steps + 1) * (steps + 1);
  PagedFigure figure{interpolation_grid_words(model, across),
                     std::vector<int64_t>(static_cast<size_t>(from.images.size(0)), images),
                     {}};
  figure.draw = [&model, from, to, across, steps, images](size_t sheet, const OnDrawn& drawn) {
    const auto panels = grid_of_pair(model, from, to, static_cast<int64_t>(sheet), across, steps);
    if (drawn) drawn(images);
    return std::vector<Tensor>{draw_sheet(panels, kPanelsOfGrid)};
  };
  return figure;
}

FigureEntry interpolation_grid_figure() {
  return {"interpolation-grid", "Two parts of the code move independently from one image to another.",
          "Mathieu et al. 2016, Fig. 2", interpolation_grid_lacks,
          [](const Model& model, const DataSource& data, uint64_t seed) {
            const Split split = split_for_show(data);
            return interpolation_grid_sheet(model, pick(data, split, kGridPairs, seed, Turn::grid_from),
                                            pick(data, split, kGridPairs, seed, Turn::grid_to), blocks_across(model),
                                            std::min(kGridSteps, most_grid_steps(size_of(model.space()))));
          }};
}

}  // namespace refract
