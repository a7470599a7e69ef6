#include "refract/figures/exchange_grid.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "refract/draw/canvas.h"

namespace refract {
namespace {

constexpr int64_t kImagesAtOnce = 64;

// The styles of a part: those of its columns and, where each row has its own, of its rows.
Codes styles_of(const ExchangeGrid& grid, const SheetPart& part) {
  Codes styles = grid.styles;
  for (Tensor& codes : styles) {
    if (!codes.defined()) continue;
    codes = codes.narrow(-2, part.left, part.columns);
    if (codes.dim() == 3) codes = codes.narrow(0, part.top, part.rows);
  }
  return styles;
}

// The cells of a part, without margins.
std::vector<std::vector<Tensor>> decoded(const Model& model, const ExchangeGrid& grid, const SheetPart& part) {
  Codes contents;
  for (const Tensor& code : grid.contents.codes) contents.push_back(code.narrow(0, part.top, part.rows));
  return cells_of(to_bytes(exchange(model, contents, styles_of(grid, part))));
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

ExchangeGrid exchange_of(const Model& model, const Pictures& top, const Pictures& left, size_t block) {
  Codes styles(model.blocks().size());
  const std::vector<size_t> together = with_dependents(model, block);
  for (const size_t b : together) styles.at(b) = top.codes.at(b);
  return {block,      left,
          styles,     top.images.size(0),
          top.images, fmt::format("{} from the top row, the rest from the left column", joined_names(model, together))};
}

Tensor exchange_sheet(const Model& model, const ExchangeGrid& grid, const SheetPart& part, const OnDrawn& drawn) {
  const int64_t rows_at_once = std::max<int64_t>(1, kImagesAtOnce / part.columns);
  Panel panel{grid.heading, {}, {}, {}, 0, 0};
  for (int64_t row = 0; row < part.rows; row += rows_at_once) {
    const int64_t rows = std::min(rows_at_once, part.rows - row);
    auto cells = decoded(model, grid, {part.top + row, part.left, rows, part.columns});
    std::move(cells.begin(), cells.end(), std::back_inserter(panel.cells));
    if (drawn) drawn((row + rows) * part.columns);
  }
  add_margins(panel, model, grid, part);
  return draw_sheet({panel});
}

Tensor exchange_sheet(const Model& model, const ExchangeGrid& grid) {
  return exchange_sheet(model, grid, {0, 0, grid.contents.images.size(0), grid.columns});
}

PagedFigure exchange_sheets(const Model& model, const ExchangeGrid& grid, const Figure& words) {
  const std::vector<SheetPart> parts = sheet_parts(grid.contents.images.size(0), grid.columns, size_of(model.space()));
  PagedFigure figure{words, {}, {}};
  for (const SheetPart& part : parts) figure.images.push_back(part.rows * part.columns);
  figure.draw = [&model, grid, parts](size_t sheet, const OnDrawn& drawn) {
    return std::vector<Tensor>{exchange_sheet(model, grid, parts.at(sheet), drawn)};
  };
  return figure;
}

}  // namespace refract
