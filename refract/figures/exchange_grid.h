// The table that `synthesize` and `transfer` draw: each row keeps an image's codes but for one block, each column gives
// that block another code.
#pragma once

#include <string>

#include "refract/figures/paged.h"
#include "refract/model/manipulate.h"

namespace refract {

struct ExchangeGrid {
  size_t block = 0;
  Pictures contents;    // in the left margin, one a row
  Tensor styles;        // [K, size of block], one a column
  Tensor style_images;  // [K, C, S, S] above the columns; undefined: the columns are named "e 1", "e 2"
  std::string heading;  // over each sheet; "" for none
};

// The part of the table, with its margins: [3, H, W] uint8. Images are decoded a few at a time.
Tensor exchange_sheet(const Model& model, const ExchangeGrid& grid, const SheetPart& part, const OnDrawn& drawn = {});

// The whole of it on one sheet.
Tensor exchange_sheet(const Model& model, const ExchangeGrid& grid);

// The whole of it on sheets as of sheet_parts. The model must outlive the figure.
PagedFigure exchange_sheets(const Model& model, const ExchangeGrid& grid, const Figure& words);

}  // namespace refract
