// Differentiable augmentation (Zhao et al. 2020): the same kinds of random changes of real and of generated pictures
// before a discriminator sees them, through which the generator still gets a gradient.
#pragma once

#include <string>
#include <vector>

#include "refract/core/tensor.h"
#include "refract/data/space.h"

namespace refract {

class Augmentation {
 public:
  // "none", or names joined by "-": translation, cutout, colour. Throws BadInput for others than pictures, and for
  // colour of pictures in grey.
  Augmentation(const std::string& changes, const Space& space);

  // Pictures [N, C, H, W] in [-1, 1], each changed on its own, by LibTorch's default generator. Colour: brightness by
  // up to 0.5 either way, saturation 0 to 2 times, contrast 0.5 to 1.5 times. Translation: up to an eighth of each side
  // either way, zeros beyond. Cutout: a rectangle of half the sides becomes zeros.
  [[nodiscard]] Tensor changed(const Tensor& pictures) const;

  static std::vector<std::string> choices();

 private:
  bool translates_ = false, cuts_ = false, colours_ = false;
};

}  // namespace refract
