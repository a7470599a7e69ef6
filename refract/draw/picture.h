// Frames as files that every browser and viewer opens.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "refract/core/tensor.h"

namespace refract {

// The bytes of a PNG file of [3, H, W] uint8.
std::string png(const Tensor& frame);

// The bytes of an animated GIF file of frames [3, H, W] uint8 of one size, that repeats for ever. One palette of at
// most 256 colours serves all frames: exact where no more than that occur, else the nearest of k-means centres. A frame
// equal to the one before only lengthens it.
std::string gif(const std::vector<Tensor>& frames, int64_t milliseconds = 60);

}  // namespace refract
