#include "refract/figures/paged.h"

#include <fmt/format.h>

#include <algorithm>

#include "refract/core/errors.h"

namespace refract {
namespace {

// As few pieces of at most `most` as there can be, which differ by no more than one.
std::vector<std::pair<int64_t, int64_t>> pieces(int64_t count, int64_t most) {
  const int64_t number = (count + most - 1) / most;
  std::vector<std::pair<int64_t, int64_t>> all;
  for (int64_t i = 0; i < number; ++i) {
    const int64_t from = i * count / number;
    all.emplace_back(from, (i + 1) * count / number - from);
  }
  return all;
}

}  // namespace

std::vector<SheetPart> parts_of_table(int64_t rows, int64_t columns, int64_t most_rows, int64_t most_columns) {
  if (rows < 1 || columns < 1)
    throw BadInput(fmt::format("Drawing a table: expected at least one image, found {} x {}.", rows, columns));
  std::vector<SheetPart> parts;
  for (const auto& [top, height] : pieces(rows, most_rows))
    for (const auto& [left, width] : pieces(columns, most_columns)) parts.push_back({top, left, height, width});
  return parts;
}

std::vector<SheetPart> sheet_parts(int64_t rows, int64_t columns, PixelSize image) {
  const PixelSize most = images_along_sheet(image);
  return parts_of_table(rows, columns, most.height, most.width);
}

}  // namespace refract
