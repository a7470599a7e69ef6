// Sheets of nearest neighbours (Mathieu et al. 2016, Fig. 4), for `refract retrieve`.
#include <fmt/format.h>

#include <algorithm>

#include "refract/draw/canvas.h"
#include "refract/figures/sheets.h"

namespace refract {
namespace {

// A row a query, in a margin where `with_queries`; all places are empty.
Panel neighbours_panel(const std::string& block, int64_t queries, int64_t neighbours, bool with_queries) {
  Panel panel{fmt::format("nearest by {}", block), {}, {}, {}, 0, 0};
  if (with_queries) {
    panel.margin_columns = 1;
    panel.columns.emplace_back("query");
  }
  for (int64_t k = 1; k <= neighbours; ++k) panel.columns.push_back(std::to_string(k));
  panel.cells.assign(static_cast<size_t>(queries), std::vector<Tensor>(panel.columns.size()));
  return panel;
}

// Queries stand once beside all panels of a row of panels.
std::vector<Panel> neighbours_panels(const std::vector<std::string>& blocks, int64_t queries, int64_t neighbours,
                                     size_t across) {
  std::vector<Panel> panels;
  for (size_t b = 0; b < blocks.size(); ++b)
    panels.push_back(neighbours_panel(blocks[b], queries, neighbours, b % across == 0));
  return panels;
}

PixelSize size_of_rows(const std::vector<std::string>& blocks, int64_t queries, int64_t neighbours, PixelSize size,
                       size_t across) {
  return sheet_size(neighbours_panels(blocks, queries, neighbours, across), size, across);
}

// All beside each other where the sheet is wide enough, else below each other.
size_t panels_across(const std::vector<std::string>& blocks, int64_t neighbours, PixelSize size) {
  return size_of_rows(blocks, 1, neighbours, size, blocks.size()).width <= kSheetSide ? blocks.size() : 1;
}

Tensor drawn_neighbours(const Retrieved& retrieved, const SheetPart& part, size_t across, const OnDrawn& drawn) {
  const int64_t neighbours = retrieved.rows.front().size(1);
  std::vector<Panel> panels = neighbours_panels(retrieved.blocks, part.rows, neighbours, across);
  int64_t count = 0;
  for (size_t b = 0; b < panels.size(); ++b) {
    const int64_t margin = panels[b].margin_columns;
    for (int64_t r = 0; r < part.rows; ++r) {
      auto& cells = panels[b].cells[static_cast<size_t>(r)];
      if (margin > 0) cells.front() = to_bytes(retrieved.queries[part.top + r]);
      const std::vector<Tensor> found = to_bytes(retrieved.candidates(retrieved.rows[b][part.top + r])).unbind();
      std::copy(found.begin(), found.end(), cells.begin() + margin);
      count += neighbours;
      if (drawn) drawn(count);
    }
  }
  return draw_sheet(panels, across);
}

}  // namespace

int64_t most_neighbours(PixelSize size) {
  return images_along_sheet(size).width;
}

std::vector<SheetPart> retrieval_parts(int64_t queries, const std::vector<std::string>& blocks, int64_t neighbours,
                                       PixelSize size) {
  const size_t across = panels_across(blocks, neighbours, size);
  int64_t rows = images_along_sheet(size).height;
  while (rows > 1 && size_of_rows(blocks, rows, neighbours, size, across).height > kSheetSide) --rows;
  const int64_t columns = std::ssize(blocks) * neighbours;
  return parts_of_table(queries, columns, rows, columns);
}

PagedFigure retrieval_sheets(const Retrieved& retrieved, PixelSize size) {
  const int64_t neighbours = retrieved.rows.front().size(1);
  const size_t across = panels_across(retrieved.blocks, neighbours, size);
  const std::vector<SheetPart> parts = retrieval_parts(retrieved.queries.size(0), retrieved.blocks, neighbours, size);
  PagedFigure figure{
      {"retrieval",
       "Nearest neighbours",
       "Each row begins with a query. Its nearest neighbours by each block follow, the nearest first, by "
       "the Euclidean distance between posterior means.",
       {}},
      {},
      {}};
  for (const SheetPart& part : parts) figure.images.push_back(part.rows * part.columns);
  figure.draw = [retrieved, parts, across](size_t sheet, const OnDrawn& drawn) {
    return std::vector<Tensor>{drawn_neighbours(retrieved, parts.at(sheet), across, drawn)};
  };
  return figure;
}

}  // namespace refract
