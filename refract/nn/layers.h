// Layers with their initialisation. Weights are drawn from LibTorch's default generator.
#pragma once

#include "refract/core/tensor.h"
#include "refract/kernels/conv_block.h"
#include "refract/nn/module.h"

namespace refract {

constexpr double kSlope = 0.2;  // of every LeakyReLU (Ruiz et al. 2019, A.4)
constexpr double kRelu = 0;     // the slope that makes it ReLU

// He et al. 2015, Eq. 15: variance gain / fan_in. kActivated keeps the variance through a LeakyReLU, kPlain through
// nothing.
constexpr double kActivated = 2.0 / (1.0 + kSlope * kSlope);
constexpr double kPlain = 1.0;
constexpr double kDefault = 1.0 / 3.0;  // the variance that LibTorch's own layers start with

// 3x3, padding 1, with bias: [N, in, H, W] to [N, out, H, W]. `activated` adds LeakyReLU, pixel normalisation and
// resampling (see conv_block).
class Convolution : public torch::nn::Module {
 public:
  Convolution(int64_t in, int64_t out, double gain = kActivated);
  [[nodiscard]] Tensor forward(const Tensor& x) const;
  [[nodiscard]] Tensor activated(const Tensor& x, Resample resample = Resample::none, int64_t data = 0) const;

 private:
  Tensor weight_, bias_;
};

// 4x4, stride 2, padding 1, with bias, then LeakyReLU with `slope`: [N, in, H, W] to [N, out, H / 2, W / 2] (Dupont
// 2018).
class StridedConvolution : public torch::nn::Module {
 public:
  StridedConvolution(int64_t in, int64_t out);
  [[nodiscard]] Tensor activated(const Tensor& x, double slope) const;

 private:
  Tensor weight_, bias_;
};

// Its transpose: [N, in, H, W] to [N, out, 2 H, 2 W]. `activated` adds LeakyReLU.
class TransposedConvolution : public torch::nn::Module {
 public:
  TransposedConvolution(int64_t in, int64_t out);
  [[nodiscard]] Tensor forward(const Tensor& x) const;
  [[nodiscard]] Tensor activated(const Tensor& x, double slope) const;

 private:
  Tensor weight_, bias_;
};

// [N, in] to [N, out].
class Linear : public torch::nn::Module {
 public:
  Linear(int64_t in, int64_t out, double gain = kActivated);
  [[nodiscard]] Tensor forward(const Tensor& x) const;

  // Scales the weights of outputs [from, to) and sets their bias; for a start at a chosen value.
  void start_at(int64_t from, int64_t to, double weight_factor, double bias);

  // Scales the weights of inputs [from, to).
  void scale_inputs(int64_t from, int64_t to, double factor);

 private:
  Tensor weight_, bias_;
};

// Maps x, [N, maps, H, W] or [N, maps], with a number for each map of each example added, [N, maps]; x itself where
// `added` is undefined.
Tensor with_added(const Tensor& x, const Tensor& added);

}  // namespace refract
