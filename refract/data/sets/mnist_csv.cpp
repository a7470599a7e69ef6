#include "refract/data/sets/mnist_csv.h"

#include <ATen/ops/tensor.h>
#include <fmt/format.h>

#include <cmath>

#include "refract/data/files/text_lines.h"

namespace refract {
namespace {

constexpr int64_t kBrightest = 255;

// 0 where it is no square.
int64_t root_of(size_t count) {
  const int64_t side = std::lround(std::sqrt(static_cast<double>(count)));
  return static_cast<size_t>(side * side) == count ? side : 0;
}

bool is_heading(const Cells& cells) {
  return number_up_to(kBrightest, cells.front()) < 0;
}

struct CsvLayout {
  bool labelled = false;
  int64_t side = 0;
};

// Of a file whose first line this is.
CsvLayout layout_of(const Cells& first, const TextLines& lines) {
  CsvLayout layout;
  layout.labelled = is_heading(first) ? first.front() == "label" : root_of(first.size()) == 0;
  layout.side = root_of(first.size() - (layout.labelled ? 1 : 0));
  if (layout.side == 0)
    lines.refuse(fmt::format("a label and the pixels of a square image, found {} cells", first.size()));
  return layout;
}

class Rows {
 public:
  explicit Rows(CsvLayout layout) : layout_(layout) {}

  void add(const Cells& cells, const TextLines& lines) {
    const auto pixels = static_cast<size_t>(layout_.side * layout_.side);
    const size_t before = layout_.labelled ? 1 : 0;
    if (cells.size() != pixels + before) lines.refuse(fmt::format("{} cells, found {}", pixels + before, cells.size()));
    if (layout_.labelled) labels_.push_back(number(cells.front(), "a label from 0 to 255", lines));
    for (size_t i = before; i < cells.size(); ++i)
      pixels_.push_back(static_cast<uint8_t>(number(cells[i], "pixels from 0 to 255", lines)));
    ++count_;
  }

  [[nodiscard]] Digits digits(const TextLines& lines) const {
    if (count_ == 0) lines.refuse("images after it");
    Digits digits;
    digits.images = at::tensor(pixels_, at::kByte).view({count_, layout_.side, layout_.side});
    if (layout_.labelled) digits.labels = at::tensor(labels_, at::kLong);
    return digits;
  }

 private:
  static int64_t number(std::string_view text, const char* expected, const TextLines& lines) {
    const int64_t value = number_up_to(kBrightest, text);
    if (value < 0) lines.refuse(fmt::format("{}, found '{}'", expected, text));
    return value;
  }

  CsvLayout layout_;
  int64_t count_ = 0;
  std::vector<uint8_t> pixels_;
  std::vector<int64_t> labels_;
};

}  // namespace

MnistCsv read_mnist_csv(const std::filesystem::path& file) {
  TextLines lines(file);
  Cells cells;
  if (!lines.next(cells)) lines.refuse("images, found an empty file");
  Rows rows(layout_of(cells, lines));
  if (!is_heading(cells)) rows.add(cells, lines);
  while (lines.next(cells)) rows.add(cells, lines);
  return {rows.digits(lines), lines.sha256()};
}

}  // namespace refract
