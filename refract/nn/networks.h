// Encoders, generators and discriminators, in two styles.
// pooled: Ruiz et al. 2019, A.4: 3x3 convolutions, LeakyReLU, pixel normalisation (Karras et al. 2018), average pooling
// on the way down and nearest-neighbour up-sampling on the way up. Figure 7 is lost; what it left open is an option.
// strided: Dupont 2018; Hajimiri et al. 2021, Appendix C: 4x4 convolutions of stride 2, their transposes on the way up,
// ReLU, and a fully-connected layer of `hidden` features between convolutions and codes.
#pragma once

#include <memory>
#include <vector>

#include "refract/data/source.h"
#include "refract/nn/distributions.h"
#include "refract/nn/layers.h"

namespace refract {

using Widths = std::vector<int64_t>;  // channels of each resolution, from the image's downwards

struct Architecture {
  enum class Style { pooled, strided };
  Widths widths;
  Style style = Style::pooled;
  Widths generator_widths = {};  // strided: channels after each transposed convolution but the last; empty: as widths
  int64_t hidden = 256;          // strided
};

// Height and width that are left after one halving for each width. Throws BadInput where the size cannot be halved so
// often or fewer than 2 pixels would be left.
int64_t coarsest_size(const ImageShape& shape, const Widths& widths);

// Below, the first `data` images of a batch are data: no gradient is found for them, which saves time.

// Images [N, C, S, S] to features [N, features()]: last width * coarsest^2 where pooled, `hidden` where strided.
class Trunk : public torch::nn::Module {
 public:
  Trunk(const ImageShape& shape, const Architecture& architecture);
  [[nodiscard]] Tensor forward(const Tensor& images, int64_t data = 0) const;
  [[nodiscard]] int64_t features() const { return features_; }

 private:
  void build_pooled(const ImageShape& shape, const Widths& widths);
  void build_strided(const ImageShape& shape, const Architecture& architecture);
  [[nodiscard]] Tensor pooled(const Tensor& images, int64_t data) const;
  [[nodiscard]] Tensor strided(const Tensor& images) const;

  int64_t features_ = 0;
  std::vector<std::shared_ptr<Convolution>> layers_;
  std::vector<std::shared_ptr<StridedConvolution>> strided_;
  std::shared_ptr<Linear> hidden_;  // null where pooled
};

// q(code | image). The log-variance is 8 tanh(raw / 8): it cannot overflow, and starts near -2.
class Encoder : public torch::nn::Module {
 public:
  Encoder(const ImageShape& shape, const Architecture& architecture, int64_t latents);
  [[nodiscard]] Gaussian forward(const Tensor& images, int64_t data = 0) const;

 private:
  std::shared_ptr<Trunk> trunk_;
  std::shared_ptr<Linear> head_;
};

// How a generator ends. tanh is the paper's; it saturates at black, where most pixels are. Linear escapes from there,
// at the price of noise around black. Leaky clamps to [-1, 1] with a slope of 0.1 outside: neither.
enum class Output { linear, tanh, leaky };

// Codes [N, D] to what the likelihood takes, [N, C, S, S]: mean images, or logits.
class Generator : public torch::nn::Module {
 public:
  Generator(const ImageShape& shape, const Architecture& architecture, int64_t latents, Output output);
  [[nodiscard]] Tensor forward(const Tensor& codes) const;

 private:
  void build_pooled(const ImageShape& shape, const Widths& widths, int64_t latents);
  void build_strided(const ImageShape& shape, const Architecture& architecture, int64_t latents);
  [[nodiscard]] Tensor pooled(const Tensor& codes) const;
  [[nodiscard]] Tensor strided(const Tensor& codes) const;

  int64_t coarsest_, width_;
  Output output_;
  std::shared_ptr<Linear> hidden_;  // null where pooled
  std::shared_ptr<Linear> entry_;
  std::vector<std::shared_ptr<Convolution>> layers_;
  std::shared_ptr<Convolution> exit_;
  std::vector<std::shared_ptr<TransposedConvolution>> transposed_;
};

struct DiscriminatorOptions {
  int64_t features = 128;  // of the image; half as many of each code
  double dropout = 0.25;   // probability with which all features of the image, or of one code, are zeroed, per sample
};

// d(x, codes), [N]: an estimate of a log density ratio, linear (Eq. 7 with the sign of Algorithm 1). Features of the
// image and of each code meet in the last two fully-connected layers; the group dropout of A.4 acts where they meet.
class Discriminator : public torch::nn::Module {
 public:
  Discriminator(const ImageShape& shape, const Architecture& architecture, const std::vector<int64_t>& code_sizes,
                const DiscriminatorOptions& options);
  [[nodiscard]] Tensor forward(const Tensor& images, const std::vector<Tensor>& codes, int64_t data = 0) const;

 private:
  double dropout_;
  std::shared_ptr<Trunk> trunk_;
  std::shared_ptr<Linear> image_, joint_, head_;
  std::vector<std::shared_ptr<Linear>> codes_;
};

}  // namespace refract
