// Convolutions with batch normalisation, as DCGAN has them (Radford et al. 2016; Mathieu et al. 2016, supplementary
// material). Batch normalisation mixes the examples of a batch in training; in use it does not.
#pragma once

#include "refract/nn/architecture.h"
#include "refract/nn/layers.h"

namespace refract {

// side x side with padding side / 2 (side is odd). From [N, in, H, W] to [N, out, H / stride, W / stride]; transposed
// to [N, out, stride H, stride W].
struct Kernel {
  int64_t side = 3;
  int64_t stride = 1;
  bool transposed = false;
};

class KernelConvolution : public torch::nn::Module {
 public:
  // Without a bias where batch normalisation follows, which would take it off again.
  KernelConvolution(int64_t in, int64_t out, const Kernel& kernel, bool with_bias);
  [[nodiscard]] Tensor forward(const Tensor& x) const;

 private:
  Kernel kernel_;
  Tensor weight_, bias_;
};

// Batch normalisation of maps [N, maps, H, W] (Ioffe and Szegedy 2015). In training it takes the batch's mean and
// variance, and a tenth of them joins the running ones, which are buffers; in use it takes the running ones.
class BatchNorm : public torch::nn::Module {
 public:
  explicit BatchNorm(int64_t maps);
  [[nodiscard]] Tensor forward(const Tensor& x) const;

 private:
  Tensor weight_, bias_, mean_, variance_;
};

// A convolution, batch normalisation and LeakyReLU with `slope` (0: ReLU). `added`, [N, out], is a number for each map
// of each example; it joins the maps before they are normalised.
class NormedConvolution : public torch::nn::Module {
 public:
  NormedConvolution(int64_t in, int64_t out, const Kernel& kernel);
  [[nodiscard]] Tensor activated(const Tensor& x, double slope, const Tensor& added = {}) const;

 private:
  std::shared_ptr<KernelConvolution> convolution_;
  std::shared_ptr<BatchNorm> norm_;
};

struct NormedLayer {
  int64_t in = 0, out = 0;
  Kernel kernel;
};

// The layers of a trunk that reads pictures of `channels`. normed5: one 5x5 of stride 2 for each width. normed3: two
// 3x3 for each width, the second of stride 2.
std::vector<NormedLayer> normed_layers(const Architecture& architecture, int64_t channels);

// The same backwards: what makes such pictures from the last maps, with fractional strides.
std::vector<NormedLayer> mirrored(const std::vector<NormedLayer>& layers);

}  // namespace refract
