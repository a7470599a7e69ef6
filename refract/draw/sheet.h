// Sheets: labelled tables of images.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "refract/core/tensor.h"
#include "refract/data/space.h"

namespace refract {

struct Panel {
  std::string heading;                     // "" for none
  std::vector<std::string> columns;        // one label a column, or none at all
  std::vector<std::string> rows;           // one label a row, or none at all
  std::vector<std::vector<Tensor>> cells;  // by rows: [C, H, W] as of to_bytes, or undefined for an empty place
  int64_t margin_columns = 0;              // the first columns and rows, set apart from the rest
  int64_t margin_rows = 0;
};

// The rows of cells of images [R, K, C, H, W].
std::vector<std::vector<Tensor>> cells_of(const Tensor& images);

// The width of the longest label of a row that images_along_sheet leaves room for, in pixels.
constexpr int64_t kRowLabelWidth = 92;

// Sheets of more pixels a side than this are a burden to viewers: commands cut their tables into several.
constexpr int64_t kSheetSide = 4096;

struct PixelSize {
  int64_t height = 0, width = 0;
  bool operator==(const PixelSize&) const = default;
};
PixelSize size_of(const Space& pictures);

// How many images stand beside each other on a sheet, each way, labels and margins around them; at least one.
PixelSize images_along_sheet(PixelSize image);

// Of the sheet that draw_sheet makes of the panels, with images of one size; all cells may be undefined.
PixelSize sheet_size(const std::vector<Panel>& panels, PixelSize image, size_t across = 1);

// All panels on one sheet, `across` in a row: [3, H, W] uint8. Small images are enlarged by a whole factor, each pixel
// to a square. Throws BadInput where the images differ in size or a panel has none; gray and colour may stand side by
// side.
Tensor draw_sheet(const std::vector<Panel>& panels, size_t across = 1);

}  // namespace refract
