// Figures of any number of images, cut into sheets that viewers can open.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "refract/draw/sheet.h"
#include "refract/figures/figure.h"

namespace refract {

// A part of a table of images: its first row and column, and how many follow.
struct SheetPart {
  int64_t top = 0, left = 0, rows = 0, columns = 0;
};

// The parts of a table, row by row, none of more than `most_rows` x `most_columns` and all about as large. Throws
// BadInput for a table without images.
std::vector<SheetPart> parts_of_table(int64_t rows, int64_t columns, int64_t most_rows, int64_t most_columns);

// Those that fit on sheets of kSheetSide pixels a side.
std::vector<SheetPart> sheet_parts(int64_t rows, int64_t columns, PixelSize image);

// Told how many images of a sheet are drawn so far.
using OnDrawn = std::function<void(int64_t images)>;

struct PagedFigure {
  Figure words;                 // name, title and caption; no frames
  std::vector<int64_t> images;  // one entry a sheet: how many images the model makes for it
  std::function<std::vector<Tensor>(size_t sheet, const OnDrawn&)> draw;  // the frames of a sheet, as of Figure
};

}  // namespace refract
