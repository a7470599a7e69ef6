// At most 256 colours that stand for all colours of an animation.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "refract/core/tensor.h"

namespace refract {

struct Palette {
  std::vector<std::array<uint8_t, 3>> colours;  // RGB, at most 256
  std::vector<uint8_t> index_of_bin;            // 2^18: 6 bits a channel -> index into colours

  // [3, H, W] uint8 -> [H, W] uint8.
  [[nodiscard]] Tensor operator()(const Tensor& frame) const;
};

// Colours that agree in their six upper bits a channel are one; where more than 256 of those occur, they are joined by
// k-means. The same frames give the same palette.
Palette palette_of(const std::vector<Tensor>& frames);

}  // namespace refract
