// Data set `dsprites`: white squares, ellipses and hearts on black in all scales, orientations and positions (Matthey
// et al. 2017), without a reference set. Factors, classes and splits: see sprite_grid.h.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "refract/core/options.h"
#include "refract/core/progress.h"
#include "refract/data/splits.h"

namespace refract {

struct DspritesOptions {
  int64_t size = 64;
  DrawOptions draw;
  std::string dsprites_file;  // "" looks at the environment variable DSPRITES_FILE, then data/dsprites
  Options describe();
};

// Reads the published file, or a part of its grid in the same format: `imgs` [N, 64, 64], 0 or 1, and `latents_classes`
// [N, 6] (colour, which is constant and left out, shape, scale, orientation, position x and y) or [N, 5] without the
// colour. Other arrays are not looked at. One channel, averaged over areas to smaller sizes; bytes are held in memory,
// 3 GB for all 737,280 images of 64x64. Throws BadInput: no file (saying where it is to be had), no such archive, an
// array missing, of another shape or with other values.
std::unique_ptr<DataSource> make_dsprites(const DspritesOptions& options, const OnProgress& on_progress = {});

}  // namespace refract
