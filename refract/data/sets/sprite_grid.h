// What dSprites (Matthey et al. 2017) and its rendered stand-in share: images of one white shape on black, all
// combinations of five factors.
#pragma once

#include <cstdint>
#include <string>

#include "refract/data/indexed_source.h"

namespace refract {

constexpr int64_t kSpriteSide = 64;

// All but `copy`. `latents` is [N, 5] int64, for each image the numbers of its values: shape (0 square, 1 ellipse, 2
// heart), scale, orientation, position x, position y. A factor is the rank of the value among those that occur, over
// the highest rank, so that a part of the grid has factors from 0 to 1 too; one that is constant is 0. Labels: the
// shapes. Throws BadInput where there are fewer images than `draw` takes.
IndexedExamples sprite_grid(std::string name, int64_t size, const Tensor& latents, const DrawOptions& draw);

// [N, 64, 64], 0 or 1, to [N, 1, size, size] uint8, 0 to 255, by area averaging.
Tensor sprite_bytes(const Tensor& images, int64_t size);

}  // namespace refract
