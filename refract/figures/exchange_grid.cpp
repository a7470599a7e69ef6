#include "refract/figures/exchange_grid.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "refract/draw/canvas.h"

namespace refract {
namespace {

constexpr int64_t kImagesAtOnce = 64;

// The cells of a few rows, without margins.
std::vector<std::vector<Tensor>> decoded(const Model& model, const ExchangeGrid& grid, int64_t top, int64_t rows,
                                         const Tensor& styles) {
  Codes contents;
  for (const Tensor& code : grid.contents.codes) contents.push_back(code.narrow(0, top, rows));
  return cells_of(to_bytes(exchange(model, contents, grid.block, styles)));
}

void add_margins(Panel& panel, const Model& model, const ExchangeGrid& grid, const SheetPart& part) {
  panel.margin_columns = 1;
  for (int64_t row = 0; row < part.rows; ++row) {
    auto& cells = panel.cells[static_cast<size_t>(row)];
    cells.insert(cells.begin(), to_bytes(grid.contents.images[part.top + row]));
  }
  if (grid.style_images.defined()) {
    panel.margin_rows = 1;
    std::vector<Tensor> top = to_bytes(grid.style_images.narrow(0, part.left, part.columns)).unbind();
    top.insert(top.begin(), Tensor());
    panel.cells.insert(panel.cells.begin(), std::move(top));
    return;
  }
  panel.columns.emplace_back("image");
  for (int64_t column = 1; column <= part.columns; ++column)
    panel.columns.push_back(fmt::format("{} {}", model.blocks()[grid.block].name, part.left + column));
}

}  // namespace

Tensor exchange_sheet(const Model& model, const ExchangeGrid& grid, const SheetPart& part, const OnDrawn& drawn) {
  const Tensor styles = grid.styles.narrow(0, part.left, part.columns);
  const int64_t rows_at_once = std::max<int64_t>(1, kImagesAtOnce / part.columns);
  Panel panel{grid.heading, {}, {}, {}, 0, 0};
  for (int64_t row = 0; row < part.rows; row += rows_at_once) {
    const int64_t rows = std::min(rows_at_once, part.rows - row);
    auto cells = decoded(model, grid, part.top + row, rows, styles);
    std::move(cells.begin(), cells.end(), std::back_inserter(panel.cells));
    if (drawn) drawn((row + rows) * part.columns);
  }
  add_margins(panel, model, grid, part);
  return draw_sheet({panel});
}

Tensor exchange_sheet(const Model& model, const ExchangeGrid& grid) {
  return exchange_sheet(model, grid, {0, 0, grid.contents.images.size(0), grid.styles.size(0)});
}

PagedFigure exchange_sheets(const Model& model, const ExchangeGrid& grid, const Figure& words) {
  const std::vector<SheetPart> parts =
      sheet_parts(grid.contents.images.size(0), grid.styles.size(0), size_of(model.space()));
  PagedFigure figure{words, {}, {}};
  for (const SheetPart& part : parts) figure.images.push_back(part.rows * part.columns);
  figure.draw = [&model, grid, parts](size_t sheet, const OnDrawn& drawn) {
    return std::vector<Tensor>{exchange_sheet(model, grid, parts.at(sheet), drawn)};
  };
  return figure;
}

}  // namespace refract
