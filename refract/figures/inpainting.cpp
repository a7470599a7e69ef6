// Figure `inpainting`, and the sheets of `refract inpaint`: pictures a part of which was hidden and filled in (Zheng
// and Sun 2019, Fig. 7).
#include <ATen/ops/full_like.h>
#include <ATen/ops/where.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "refract/data/files/mask.h"
#include "refract/draw/canvas.h"
#include "refract/figures/entries.h"
#include "refract/figures/sheets.h"
#include "refract/model/inpaint.h"

namespace refract {
namespace {

constexpr int64_t kInpaintedImages = 4;
constexpr size_t kMasksAcross = 2;
constexpr int kHiddenGray = 128;
constexpr std::array<const char*, 4> kMasksShown = {"right-half", "eyes", "nose-mouth", "bottom-half"};  // Fig. 7

// Pictures from `first` on, a row each.
Panel inpainting_panel(const FilledPictures& pictures, int64_t first, int64_t count, const std::string& heading) {
  Panel panel{heading, {"original", "masked", "filled"}, {}, {}, 0, 0};
  if (pictures.decoded.defined()) panel.columns.emplace_back("decoded");
  for (int64_t n = first; n < first + count; ++n) {
    const Tensor original = to_bytes(pictures.original[n]);
    const Tensor masked = at::where(pictures.hidden, at::full_like(original, kHiddenGray), original);
    panel.cells.push_back({original, masked, to_bytes(pictures.filled[n])});
    if (pictures.decoded.defined()) panel.cells.back().push_back(to_bytes(pictures.decoded[n]));
  }
  return panel;
}

struct InpaintingLayout {
  int64_t rows = 0, panels = 0;  // the most of a panel and of a sheet
};

InpaintingLayout inpainting_layout(bool decoded, PixelSize size) {
  const PixelSize most = images_along_sheet(size);
  const int64_t columns = decoded ? 4 : 3;
  return {most.height, std::max<int64_t>(1, most.width / (columns + 1))};  // 1: the gap between panels
}

Figure inpainting_words() {
  return {
      "inpainting",
      "Inpainting",
      "The gray part of the masked picture is hidden from the model, which fills it in. Visible pixels are those of "
      "the original.",
      {}};
}

std::string inpainting_lacks(const Model& model, const DataSource& data) {
  const std::string missing = lacks_inpainting(model, Inpainting::optimising);
  return missing.empty() ? lacks_images(data) : missing;
}

Figure draw_inpainting(const Model& model, const DataSource& data, uint64_t seed) {
  const Tensor images = pick(data, split_for_show(data), kInpaintedImages, seed, Turn::inpainting);
  std::vector<Panel> panels;
  for (const char* mask : kMasksShown) {
    FilledPictures pictures;
    pictures.original = images;
    pictures.hidden = hidden_pixels(mask, model.space());
    pictures.filled = inpaint(model, images, pictures.hidden, {.steps = 100, .starts = 2}).filled;
    panels.push_back(inpainting_panel(pictures, 0, images.size(0), mask));
  }
  Figure figure = inpainting_words();
  figure.caption += " Codes were sought whose decoding agrees with the visible part. No label was given.";
  figure.frames.push_back(draw_sheet(panels, kMasksAcross));
  return figure;
}

}  // namespace

std::vector<SheetPart> inpainting_parts(int64_t pictures, bool decoded, PixelSize size) {
  const InpaintingLayout layout = inpainting_layout(decoded, size);
  return parts_of_table(pictures, 1, layout.rows * layout.panels, 1);
}

PagedFigure inpainting_sheets(const FilledPictures& pictures) {
  const bool decoded = pictures.decoded.defined();
  const PixelSize size{pictures.original.size(2), pictures.original.size(3)};
  const int64_t most_rows = inpainting_layout(decoded, size).rows;
  const std::vector<SheetPart> parts = inpainting_parts(pictures.original.size(0), decoded, size);
  PagedFigure figure{inpainting_words(), {}, {}};
  if (decoded) figure.words.caption += " The last column is the whole picture that the model decodes.";
  for (const SheetPart& part : parts) figure.images.push_back(part.rows);
  figure.draw = [pictures, parts, most_rows](size_t sheet, const OnDrawn& drawn) {
    const SheetPart& part = parts.at(sheet);
    std::vector<Panel> panels;
    for (const SheetPart& rows : parts_of_table(part.rows, 1, most_rows, 1))
      panels.push_back(inpainting_panel(pictures, part.top + rows.top, rows.rows, ""));
    if (drawn) drawn(part.rows);
    return std::vector<Tensor>{draw_sheet(panels, panels.size())};
  };
  return figure;
}

FigureEntry inpainting_figure() {
  return {"inpainting",
          "Held-out images, a part of which is hidden and filled in.",
          "Zheng and Sun 2019, Fig. 7",
          inpainting_lacks,
          draw_inpainting,
          /*on_request=*/true};
}

}  // namespace refract
