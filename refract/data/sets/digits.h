// Source digits: small gray images with class labels, as MNIST and its relatives hold them.
#pragma once

#include "refract/core/tensor.h"

namespace refract {

struct Digits {
  Tensor images;  // [N, H, W] uint8, bright strokes on black, contiguous
  Tensor labels;  // [N] int64, classes from 0

  [[nodiscard]] int64_t count() const { return images.defined() ? images.size(0) : 0; }
};

}  // namespace refract
