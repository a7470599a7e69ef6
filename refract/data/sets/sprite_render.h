// One picture like those of dSprites (Matthey et al. 2017).
#pragma once

#include <cstdint>

#include "refract/core/tensor.h"

namespace refract {

enum class SpriteShape : uint8_t { square, ellipse, heart };

struct Sprite {
  SpriteShape shape = SpriteShape::square;
  double scale = 1;        // 0.5 to 1
  double orientation = 0;  // radians, counter-clockwise as the picture is seen
  double x = 0, y = 0;     // 0 to 1: the centre, from pixel 16 to pixel 48, to the right and downwards
};

// [64, 64] uint8: 1 where more than half of 3x3 points of a pixel lie inside, 0 elsewhere; the published pictures are
// black and white too. At scale 1 the square's side is 19.2 pixels, the ellipse's half axes are 12.8 and 7.2, and the
// heart is the curve x = 16 sin^3 t, y = 13 cos t - 5 cos 2t - 2 cos 3t - cos 4t, 19.2 pixels wide and as high. These
// sizes, the curve and the direction of turning were fitted to the published pictures: of 9,216 of them six in ten are
// the same in every pixel, and 3 in 1,000 white pixels differ.
Tensor render_sprite(const Sprite& sprite);

}  // namespace refract
