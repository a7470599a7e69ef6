// A picture being put together: images and short texts on white.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "refract/core/tensor.h"

namespace refract {

// Heights in pixels of a line of text.
constexpr int64_t kLabelHeight = 16;
constexpr int64_t kHeadingHeight = 20;

class Canvas {
 public:
  Canvas(int64_t height, int64_t width);

  // [3, h, w] uint8, with its first pixel at (top, left), wholly inside.
  void paste(const Tensor& image, int64_t top, int64_t left);

  // One line of the given height; ASCII, other characters stand as '?'. What reaches beyond the canvas is cut off.
  void write(const std::string& text, int64_t height, int64_t top, int64_t left);

  // Through points (column, row), in pixels; dashes are a few pixels long.
  using Point = std::pair<double, double>;
  void line(const std::vector<Point>& points, std::array<uint8_t, 3> colour, bool dashed = false);

  void dot(Point centre, double radius, std::array<uint8_t, 3> colour);
  void bar(int64_t top, int64_t left, int64_t height, int64_t width, std::array<uint8_t, 3> colour);

  // [3, H, W] uint8.
  [[nodiscard]] Tensor frame() const;

 private:
  Tensor pixels_;  // [H, W, 3]
};

// Width in pixels of such a line.
int64_t text_width(const std::string& text, int64_t height);

// The text where it is at most so wide, or else its beginning, whole characters of it, and "..".
std::string fitted_text(const std::string& text, int64_t height, int64_t width);

// Images [..., C, H, W] in [-1, 1], or uint8 already, of one or three channels -> [..., 3, H, W] uint8 on the CPU.
Tensor to_bytes(const Tensor& images);

// Each pixel of [..., H, W] becomes a square of factor x factor.
Tensor enlarge(const Tensor& images, int64_t factor);

}  // namespace refract
