// Layers whose weights are divided by their spectral norm (Miyato et al. 2018), for discriminators.
#pragma once

#include "refract/nn/layers.h"

namespace refract {

// A weight, seen as a matrix [out, in] (of a convolution: all but the first dimension flattened), and a buffer
// `direction`, [in]: the estimate of its first right singular vector. Each use in training moves the buffer by one
// power iteration (Algorithm 1 there), so a network is called once a step; in use it stays as it is.
class SpectralWeight : public torch::nn::Module {
 public:
  explicit SpectralWeight(const Tensor& weight);

  // The weight over its spectral norm, as estimated; differentiable, also through the norm (Eq. 12 there).
  [[nodiscard]] Tensor normalised() const;

 private:
  Tensor weight_, direction_;
};

// [N, in] to [N, out].
class SpectralLinear : public torch::nn::Module {
 public:
  SpectralLinear(int64_t in, int64_t out);
  [[nodiscard]] Tensor forward(const Tensor& x) const;

 private:
  std::shared_ptr<SpectralWeight> weight_;
  Tensor bias_;
};

// A convolution with padding 1 and LeakyReLU. 4x4 with stride 2: [N, in, H, W] to [N, out, H / 2, W / 2]. 3x3: H and W
// stay.
class SpectralConvolution : public torch::nn::Module {
 public:
  SpectralConvolution(int64_t in, int64_t out, bool halves);
  [[nodiscard]] Tensor activated(const Tensor& x, double slope) const;

 private:
  bool halves_;
  std::shared_ptr<SpectralWeight> weight_;
  Tensor bias_;
};

}  // namespace refract
