#include "refract/data/sets/sprite_render.h"

#include <ATen/ops/zeros.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "refract/data/sets/sprite_grid.h"

namespace refract {
namespace {

constexpr int kPointsAlong = 3;     // points along a pixel's side; odd, so that no pixel is half covered
constexpr double kReach = 13.6;     // pixels from the centre to the farthest point of any shape at scale 1
constexpr double kHeartWide = 0.6;  // 19.2 of 32
constexpr double kHeartHigh = 19.2 / 29;
constexpr double kHeartMiddle = -2.18;  // of the curve's y, lies on the sprite's centre

// The curve is a function of x: |x| gives sin t, and the two signs of cos t its upper and lower end.
bool in_heart(double x, double y) {
  const double sine = std::cbrt(std::abs(x) / 16);
  if (sine > 1) return false;
  const auto end = [](double c) {
    const double c2 = c * c;
    return 13 * c - 5 * (2 * c2 - 1) - 2 * (4 * c2 - 3) * c - (8 * c2 * c2 - 8 * c2 + 1);
  };
  const double cosine = std::sqrt(1 - sine * sine);
  return y >= end(-cosine) && y <= end(cosine);
}

// A point from the centre of an upright shape of scale 1, in pixels, y downwards.
bool inside(SpriteShape shape, double x, double y) {
  switch (shape) {
    case SpriteShape::square:
      return std::abs(x) <= 9.6 && std::abs(y) <= 9.6;
    case SpriteShape::ellipse:
      return std::pow(x / 12.8, 2) + std::pow(y / 7.2, 2) <= 1;
    case SpriteShape::heart:
      return in_heart(x / kHeartWide, kHeartMiddle - y / kHeartHigh);
  }
  return false;
}

// A sprite in its place on the canvas.
class Placed {
 public:
  explicit Placed(const Sprite& sprite)
      : shape_(sprite.shape),
        x_(16 + 32 * sprite.x),
        y_(16 + 32 * sprite.y),
        reach_(kReach * sprite.scale),
        cosine_(std::cos(sprite.orientation) / sprite.scale),
        sine_(std::sin(sprite.orientation) / sprite.scale) {}

  // The rows and columns outside of which there is nothing.
  [[nodiscard]] std::pair<int64_t, int64_t> rows() const { return around(y_); }
  [[nodiscard]] std::pair<int64_t, int64_t> columns() const { return around(x_); }

  [[nodiscard]] bool covers(int64_t column, int64_t row) const {
    int points = 0;
    for (int i = 0; i < kPointsAlong; ++i)
      for (int j = 0; j < kPointsAlong; ++j) {
        const double right = static_cast<double>(column) + (i + 0.5) / kPointsAlong - x_;
        const double down = static_cast<double>(row) + (j + 0.5) / kPointsAlong - y_;
        points += static_cast<int>(inside(shape_, cosine_ * right - sine_ * down, sine_ * right + cosine_ * down));
      }
    return 2 * points > kPointsAlong * kPointsAlong;
  }

 private:
  [[nodiscard]] std::pair<int64_t, int64_t> around(double centre) const {
    return {std::max<int64_t>(static_cast<int64_t>(centre - reach_), 0),
            std::min<int64_t>(static_cast<int64_t>(centre + reach_) + 1, kSpriteSide)};
  }

  SpriteShape shape_;
  double x_, y_, reach_, cosine_, sine_;
};

}  // namespace

Tensor render_sprite(const Sprite& sprite) {
  const Placed placed(sprite);
  Tensor picture = at::zeros({kSpriteSide, kSpriteSide}, at::kByte);
  auto* pixels = picture.data_ptr<uint8_t>();
  for (auto [row, bottom] = placed.rows(); row < bottom; ++row)
    for (auto [column, end] = placed.columns(); column < end; ++column)
      pixels[row * kSpriteSide + column] = static_cast<uint8_t>(placed.covers(column, row));
  return picture;
}

}  // namespace refract
