// The table that `synthesize`, `transfer` and `swap` draw: each row keeps an image's codes but for one block, each
// column gives that block another code.
#pragma once

#include <string>

#include "refract/figures/paged.h"
#include "refract/model/manipulate.h"

namespace refract {

struct ExchangeGrid {
  size_t block = 0;     // gives the columns their names
  Pictures contents;    // in the left margin, one a row
  Codes styles;         // of the columns, as exchange() takes them
  int64_t columns = 0;  // how many they are
  Tensor style_images;  // [K, C, S, S] above the columns; undefined: the columns are named "e 1", "e 2"
  std::string heading;  // over each sheet; "" for none
};

// Image b of `left` with the block of image a of `top`, whose images stand above the columns. With a category come the
// blocks that depend on it.
ExchangeGrid exchange_of(const Model& model, const Pictures& top, const Pictures& left, size_t block);

// The part of the table, with its margins: [3, H, W] uint8. Images are decoded a few at a time.
Tensor exchange_sheet(const Model& model, const ExchangeGrid& grid, const SheetPart& part, const OnDrawn& drawn = {});

// The whole of it on one sheet.
Tensor exchange_sheet(const Model& model, const ExchangeGrid& grid);

// The whole of it on sheets as of sheet_parts. The model must outlive the figure.
PagedFigure exchange_sheets(const Model& model, const ExchangeGrid& grid, const Figure& words);

}  // namespace refract
