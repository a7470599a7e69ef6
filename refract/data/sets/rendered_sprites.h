// Data set `rendered-sprites`: pictures like those of dSprites, drawn when asked for, so that no file is needed.
// Factors, classes and splits: see sprite_grid.h; the pictures: sprite_render.h.
#pragma once

#include <cstdint>
#include <memory>

#include "refract/core/options.h"
#include "refract/data/splits.h"

namespace refract {

struct RenderedSpritesOptions {
  int64_t size = 64;
  int64_t scales = 6;
  int64_t orientations = 40;
  int64_t positions = 32;
  DrawOptions draw;
  Options describe();
};

// 3 shapes in all combinations of scales from 0.5 to 1, orientations from 0 to a whole turn (both, as dSprites has
// them, so that the first and the last picture are alike) and positions, each spread evenly, ends included. One
// channel. Image i is that of the published file where the counts are its own; the last factor runs fastest. Throws
// BadInput where there are fewer images than `draw` takes.
std::unique_ptr<DataSource> make_rendered_sprites(const RenderedSpritesOptions& options);

}  // namespace refract
