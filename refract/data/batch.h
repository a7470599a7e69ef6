// What a training step receives, and how a method asks for it.
#pragma once

#include <vector>

#include "refract/core/tensor.h"

namespace refract {

// What a method's step wants to find in a Batch. The loader fills it; a data set that cannot is refused in a sentence.
struct Needs {
  bool reference = false;  // images in which the target factors are constant
};

struct Batch {
  // [N, C, H, W], float, [-1, 1].
  Tensor images;     // unlabelled images
  Tensor reference;  // an independent draw from the reference set; undefined unless needed

  int64_t population = 0;  // how many unlabelled images there are to draw from; 0 where nobody said

  // All tensors, for what is done to each alike.
  [[nodiscard]] std::vector<Tensor*> fields() { return {&images, &reference}; }
};

}  // namespace refract
