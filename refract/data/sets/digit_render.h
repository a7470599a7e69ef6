// How digit-style pictures are made from a source digit (Ruiz et al. 2019, A.3.1).
#pragma once

#include <array>
#include <cstdint>

#include "refract/core/tensor.h"

namespace refract {

// The target factors of one picture. The reference set shows none of them: width 1, scale 1, white.
struct DigitStyle {
  std::array<float, 3> colour{1, 1, 1};  // factors of red, green and blue; drawn styles sum to 1
  int side = 64;                         // of the picture after downscaling, in pixels of the 64x64 canvas, 32 to 64
  int width = 1;  // side of the square that dilates the boundary, in pixels of the canvas, 1 to 10

  // Red, green, blue, (scale - 0.5) / 0.5 with scale = side / 64, (width - 1) / 9: each in [0, 1].
  [[nodiscard]] std::array<float, 5> factors() const;
};

// Width uniform on 1..10, colour uniform on the cube and divided by its sum, scale uniform on [0.5, 1] and rounded to
// whole pixels of the canvas (the factor is that of the picture, not of the draw). A function of the key alone.
DigitStyle draw_style(uint64_t key);

// Writes a picture of `digit` ([H, W] uint8) to `out`: 3 x size x size floats in [-1, 1], channels first.
// On a canvas of 64x64: the digit enlarged, cut at half of its brightest value, its boundary (the pixel on either side
// of the edge) dilated, downscaled with area averaging, centred on black. At another size the canvas is resampled (area
// averaging to smaller ones), so that width and scale keep their meaning. As in the paper the canvas is what is
// dilated: of MNIST's digits at width 10, 0.6 % of the light falls beyond its border (over 5 % for one digit in 150).
// What surrounds the downscaled picture has the value `padding` in all channels: -1 is black; 0, the "zero-padding" of
// A.3.1 where images lie in [-1, 1], is a gray frame that shows the scale.
void render_digit(const Tensor& digit, const DigitStyle& style, int64_t size, float* out, float padding = -1.0F);

}  // namespace refract
