#include "refract/draw/sheet.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "refract/core/errors.h"
#include "refract/draw/canvas.h"

namespace refract {
namespace {

constexpr int64_t kCell = 96;       // images are shown at least this large, in pixels
constexpr int64_t kGap = 4;         // between images
constexpr int64_t kMarginGap = 14;  // between a margin and the rest
constexpr int64_t kPanelGap = 26;
constexpr int64_t kLabelGap = 8;  // between the label of a row and its images
constexpr int64_t kBorder = 16;   // around the sheet

// Where the images of a panel stand, measured from its top left corner.
struct Layout {
  std::vector<int64_t> lefts, tops;
  PixelSize cell;
  int64_t labels_top = 0, width = 0, height = 0;
};

std::vector<int64_t> offsets(int64_t start, size_t count, int64_t margin, int64_t cell) {
  std::vector<int64_t> places;
  for (int64_t i = 0; i < static_cast<int64_t>(count); ++i)
    places.push_back(start + i * (cell + kGap) + (margin > 0 && i >= margin ? kMarginGap - kGap : 0));
  return places;
}

Layout layout_of(const Panel& panel, PixelSize cell) {
  int64_t label_width = 0;
  for (const std::string& label : panel.rows)
    label_width = std::max(label_width, text_width(label, kLabelHeight) + kLabelGap);
  size_t columns = 0;
  for (const auto& row : panel.cells) columns = std::max(columns, row.size());

  Layout layout;
  layout.cell = cell;
  layout.labels_top = panel.heading.empty() ? 0 : kHeadingHeight + 8;
  const int64_t first = layout.labels_top + (panel.columns.empty() ? 0 : kLabelHeight + 4);
  layout.lefts = offsets(label_width, columns, panel.margin_columns, cell.width);
  layout.tops = offsets(first, panel.cells.size(), panel.margin_rows, cell.height);
  layout.width = std::max(layout.lefts.back() + cell.width, text_width(panel.heading, kHeadingHeight));
  layout.height = layout.tops.back() + cell.height;
  return layout;
}

void draw_panel(Canvas& canvas, const Panel& panel, const Layout& layout, int64_t factor, int64_t top, int64_t left) {
  canvas.write(panel.heading, kHeadingHeight, top, left);
  for (size_t c = 0; c < panel.columns.size(); ++c) {
    const std::string text = fitted_text(panel.columns[c], kLabelHeight, layout.cell.width);
    canvas.write(text, kLabelHeight, top + layout.labels_top, left + layout.lefts.at(c));
  }
  for (size_t r = 0; r < panel.cells.size(); ++r) {
    const int64_t row_top = top + layout.tops[r];
    if (r < panel.rows.size())
      canvas.write(panel.rows[r], kLabelHeight, row_top + (layout.cell.height - kLabelHeight) / 2, left);
    for (size_t c = 0; c < panel.cells[r].size(); ++c)
      if (panel.cells[r][c].defined())
        canvas.paste(enlarge(to_bytes(panel.cells[r][c]), factor), row_top, left + layout.lefts[c]);
  }
}

std::vector<Tensor> images_of(const Panel& panel) {
  std::vector<Tensor> images;
  for (const auto& row : panel.cells)
    std::copy_if(row.begin(), row.end(), std::back_inserter(images), [](const Tensor& cell) { return cell.defined(); });
  if (images.empty()) throw BadInput("Drawing a sheet: expected at least one image in each panel, found none.");
  return images;
}

PixelSize size_of(const Tensor& image) {
  return {image.size(1), image.size(2)};
}

PixelSize image_size(const std::vector<Panel>& panels) {
  if (panels.empty()) throw BadInput("Drawing a sheet: expected at least one panel, found none.");
  const Tensor first = images_of(panels[0])[0];
  for (const Panel& panel : panels)
    for (const Tensor& image : images_of(panel))
      if (image.dim() != 3 || first.dim() != 3 || size_of(image) != size_of(first))
        throw BadInput(fmt::format("Drawing a sheet: expected images [C, H, W] of one size, found [{}] and [{}].",
                                   fmt::join(first.sizes(), ", "), fmt::join(image.sizes(), ", ")));
  return size_of(first);
}

int64_t enlargement(PixelSize image) {
  const int64_t side = std::max(image.height, image.width);
  return std::max<int64_t>(1, (kCell + side - 1) / side);
}

PixelSize enlarged(PixelSize image) {
  return {image.height * enlargement(image), image.width * enlargement(image)};
}

// Where the panels stand on their sheet.
struct Arrangement {
  std::vector<Layout> layouts;
  std::vector<int64_t> lefts, tops;  // of the columns and rows of panels
  PixelSize sheet;
};

// Where rows of these heights begin, and last where one more would.
std::vector<int64_t> starts(const std::vector<int64_t>& sizes) {
  std::vector<int64_t> places = {kBorder};
  for (const int64_t size : sizes) places.push_back(places.back() + size + (size > 0 ? kPanelGap : 0));
  return places;
}

Arrangement arranged(const std::vector<Panel>& panels, PixelSize cell, size_t across) {
  Arrangement all;
  std::vector<int64_t> widths(across, 0);
  std::vector<int64_t> heights((panels.size() + across - 1) / across, 0);
  for (size_t i = 0; i < panels.size(); ++i) {
    const Layout& layout = all.layouts.emplace_back(layout_of(panels[i], cell));
    widths[i % across] = std::max(widths[i % across], layout.width);
    heights[i / across] = std::max(heights[i / across], layout.height);
  }
  all.lefts = starts(widths);
  all.tops = starts(heights);
  all.sheet = {all.tops.back() - kPanelGap + kBorder, all.lefts.back() - kPanelGap + kBorder};
  return all;
}

}  // namespace

std::vector<std::vector<Tensor>> cells_of(const Tensor& images) {
  std::vector<std::vector<Tensor>> cells;
  for (const Tensor& row : images.unbind()) cells.push_back(row.unbind());
  return cells;
}

PixelSize size_of(const Space& pictures) {
  return {pictures.height(), pictures.width()};
}

PixelSize images_along_sheet(PixelSize image) {
  constexpr int64_t around = 2 * kBorder + kMarginGap + kHeadingHeight + kLabelHeight + kRowLabelWidth + kLabelGap;
  const auto along = [](int64_t side) {
    return std::max<int64_t>(1, (kSheetSide - around) / (side + kGap) - 1);  // 1: a margin
  };
  return {along(enlarged(image).height), along(enlarged(image).width)};
}

PixelSize sheet_size(const std::vector<Panel>& panels, PixelSize image, size_t across) {
  return arranged(panels, enlarged(image), across).sheet;
}

Tensor draw_sheet(const std::vector<Panel>& panels, size_t across) {
  const PixelSize size = image_size(panels);
  const int64_t factor = enlargement(size);
  const Arrangement places = arranged(panels, enlarged(size), across);
  Canvas canvas(places.sheet.height, places.sheet.width);
  for (size_t i = 0; i < panels.size(); ++i)
    draw_panel(canvas, panels[i], places.layouts[i], factor, places.tops[i / across], places.lefts[i % across]);
  return canvas.frame();
}

}  // namespace refract
