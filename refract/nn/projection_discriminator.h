// A discriminator that knows the label by projection (Miyato and Koyama 2018), with spectral normalisation of every
// weight.
#pragma once

#include <memory>
#include <vector>

#include "refract/nn/architecture.h"
#include "refract/nn/spectral.h"

namespace refract {

// Whether examples are data, as a logit: d(x, c) = w^T phi(x) + b + c^T V phi(x), with phi(x) the sum over pixels of
// the last maps. No layer normalises over examples or pixels, so that each verdict depends on its own example alone,
// and the spectral norms bound how fast it changes.
//
// Pictures: for each width a 4x4 convolution of stride 2, whatever the style of the other networks (but dense layers
// for `dense`). With a depth of 2 a 3x3 convolution stands before each (Miyato et al. 2018, Table 3). Rows: dense.
class ProjectionDiscriminator : public torch::nn::Module {
 public:
  struct Shape {
    Widths widths = {};  // of the convolutions, from fine to coarse; empty: those of the architecture
    int64_t depth = 1;   // 1 or 2
    int64_t classes = 1;
  };

  // Throws BadInput where the widths do not fit the picture (coarsest_extent), or there are no dense widths.
  ProjectionDiscriminator(const Space& space, Architecture architecture, const Shape& shape);

  // `classes` is c, [N, classes]: one-hot, or zeros where the label is not known, which leaves the projection out. [N].
  [[nodiscard]] Tensor forward(const Tensor& x, const Tensor& classes) const;

 private:
  [[nodiscard]] Tensor features(const Tensor& x) const;

  std::vector<std::shared_ptr<SpectralConvolution>> convolutions_;
  std::vector<std::shared_ptr<SpectralLinear>> dense_;
  std::shared_ptr<SpectralLinear> head_;
  std::shared_ptr<SpectralWeight> labels_;  // V, [classes, features]
};

}  // namespace refract
