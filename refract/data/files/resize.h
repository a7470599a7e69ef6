// Images in memory brought to another size.
#pragma once

#include <cstdint>

#include "refract/core/tensor.h"

namespace refract {

// [N, C, S, S] uint8 to [N, C, size, size]: bilinearly to larger sizes, by area averaging to smaller ones, rounded.
Tensor resized(const Tensor& images, int64_t size);

}  // namespace refract
