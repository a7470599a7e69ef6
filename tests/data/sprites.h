// A small file in the format of dSprites.
#pragma once

#include <ATen/ops/zeros.h>

#include <string>
#include <vector>

#include "refract/core/npz_writer.h"
#include "refract/core/tensor.h"

namespace refract::testing_support {

// The arrays of 24 images: 3 shapes, scales 1 and 4, positions x 2, 4, 6 and 9 (numbers of values of the full set),
// the last fastest. Image i is white from row 17 + (i % 8), column i on. `columns` is 6, or 5 without the colour.
inline std::vector<NpzArray> sprite_arrays(int64_t columns = 6) {
  Tensor images = at::zeros({24, 64, 64}), latents = at::zeros({24, columns});
  for (int64_t i = 0; i < 24; ++i) {
    images[i].slice(0, 17 + i % 8).slice(1, i).fill_(1);
    latents[i][columns - 5] = i / 8;
    latents[i][columns - 4] = i / 4 % 2 == 0 ? 1 : 4;
    latents[i][columns - 2] = std::vector<int64_t>{2, 4, 6, 9}.at(i % 4);
  }
  return {npz_array("imgs", images), npz_array("latents_classes", latents),
          npz_array("metadata", std::vector<std::string>{"passed over"})};
}

}  // namespace refract::testing_support
