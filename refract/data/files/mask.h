// Masks: which pixels of a picture are hidden from a model that is asked to fill them in (Zheng and Sun 2019, Fig. 7).
#pragma once

#include <string>
#include <vector>

#include "refract/core/tensor.h"
#include "refract/data/space.h"

namespace refract {

// A box of hidden pixels. Rows and columns are fractions of the height and the width, from the top and from the left.
struct NamedMask {
  std::string name;
  double top, bottom, left, right;
};

// right-half, left-half, top-half and bottom-half; and eyes and nose-mouth, which are bands for faces that fill the
// picture and stand upright.
const std::vector<NamedMask>& masks();

// "right-half, left-half, ..., nose-mouth".
std::string mask_names();

// The hidden pixels of pictures of a space: [1, H, W] bool. `mask` is one of the names above, or else a picture file,
// whose light pixels (at least half as bright as white) are hidden. The file is fitted and resized as pictures of the
// space are (image_file.h). Throws BadInput: neither a name nor a file, a file that is no picture, a mask that hides
// all pixels or none.
Tensor hidden_pixels(const std::string& mask, const Space& space);

}  // namespace refract
