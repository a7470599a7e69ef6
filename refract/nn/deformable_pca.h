// Deformable PCA (Ding et al. 2020, L_DPCA): images are weighted sums of a basis, which are then rotated, scaled
// and shifted. One part of the code weights the basis, the other part sets rotation, scale and shift.
#pragma once

#include "refract/data/source.h"
#include "refract/nn/layers.h"

namespace refract {

constexpr int64_t kDeformations = 4;  // rotation, scale, shift to the right, shift downwards

class DeformablePca : public torch::nn::Module {
 public:
  // Codes have `deformations` dimensions (0 to 4) for the first so many of the above, then `contents` for the basis.
  // The rotation by gain * z is in radians and turns from the right downwards, the scale is exp(gain * z), shifts are
  // gain * z in halves of the image's size; each gain is learned and starts at 0.5.
  // Throws BadInput where an example is no picture.
  DeformablePca(const Space& space, int64_t deformations, int64_t contents);

  // Codes [N, deformations + contents] to images [N, C, H, W], black 0 and white 1, not clamped; what comes from
  // outside the sum is black.
  [[nodiscard]] Tensor forward(const Tensor& codes) const;

  // The sum of (b_k . b_j)^2 over k != j, each pair twice as in the paper: 0-dim.
  [[nodiscard]] Tensor overlap() const;

 private:
  [[nodiscard]] Tensor placed(const Tensor& images, const Tensor& deformations) const;

  Space space_;
  int64_t deformations_;
  Tensor gains_, basis_, mean_;  // [deformations], [contents, C H W], [C H W]
};

}  // namespace refract
