// How different pictures of the same class are (Zheng and Sun 2019, Eq. 12).
#pragma once

#include <cstdint>
#include <functional>

#include "refract/core/tensor.h"
#include "refract/data/source.h"

namespace refract {

// Means over classes of 1 - MS-SSIM, from 0 to 1; more is more diverse.
struct Diversity {
  double distinct = 0;   // over pairs of two different pictures of a class
  double all_pairs = 0;  // Eq. 12 to the letter: a picture is also paired with itself
  double spread = 0;     // standard error of `distinct` over the pairs; NaN for one pair
  int64_t pairs = 0;     // that were compared
};

// Pictures by their numbers, in this order: [M, C, H, W] with pixels in [-1, 1].
using PicturesOf = std::function<Tensor(const Indices& rows)>;

// Of pictures whose classes are `classes` [N] int64, -1 where unknown. All pairs of a class are compared where they are
// at most `most_pairs` divided by the number of classes, and so many drawn ones elsewhere (at least one), a function of
// `key`. Classes of one picture do not count. It looks at the pixels of at most 100 pairs of 64x64 at once, or at one
// larger pair. Throws BadInput where no class has two.
Diversity intra_class_diversity(const PicturesOf& pictures, const Tensor& classes, int64_t most_pairs, uint64_t key);

}  // namespace refract
