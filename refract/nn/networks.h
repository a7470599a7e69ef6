// Encoders and discriminators.
#pragma once

#include <memory>
#include <vector>

#include "refract/nn/distributions.h"
#include "refract/nn/generator.h"
#include "refract/nn/trunk.h"

namespace refract {

constexpr double kLogVarianceStart = -2;  // of posteriors

// Below, `data` is as in Trunk.

// What a posterior's log-variances are: each example's own; one for each dimension that all examples share, which then
// tells nothing of an example; or none, for a code without noise (log_variance is undefined).
enum class Sigma { own, shared, none };

// q(code | features). The log-variance is 8 tanh(raw / 8): it cannot overflow, and starts near kLogVarianceStart.
class GaussianHead : public Linear {
 public:
  GaussianHead(int64_t features, int64_t latents, Sigma sigma = Sigma::own);
  [[nodiscard]] Gaussian posterior(const Tensor& features) const;

 private:
  Sigma sigma_;
  Tensor log_variance_;  // [1, latents], before its bound; where it is shared
};

// q(code | example). With conditions, examples come with these beside them (with_conditions).
class Encoder : public torch::nn::Module {
 public:
  Encoder(const Space& space, const Architecture& architecture, int64_t latents, int64_t conditions = 0,
          Sigma sigma = Sigma::own);
  [[nodiscard]] Gaussian forward(const Tensor& x, int64_t data = 0) const;

 private:
  std::shared_ptr<Trunk> trunk_;
  std::shared_ptr<GaussianHead> head_;
};

struct DiscriminatorOptions {
  int64_t features = 128;  // of the example; half as many of each code
  double dropout = 0.25;   // probability with which all features of the example, or of one code, are zeroed, per sample
};

// d(x, codes), [N]: an estimate of a log density ratio, linear (Eq. 7 with the sign of Algorithm 1). Features of the
// example and of each code meet in the last two fully-connected layers; the group dropout of A.4 acts where they meet.
// `mixes_examples` says whether d of an example depends on the others of its pass.
class Discriminator : public torch::nn::Module {
 public:
  Discriminator(const Space& space, const Architecture& architecture, const std::vector<int64_t>& code_sizes,
                const DiscriminatorOptions& options);
  [[nodiscard]] Tensor forward(const Tensor& x, const std::vector<Tensor>& codes, int64_t data = 0) const;
  [[nodiscard]] bool mixes_examples() const { return mixes_examples_; }

 private:
  double dropout_;
  bool mixes_examples_;
  std::shared_ptr<Trunk> trunk_;
  std::shared_ptr<Linear> image_, joint_, head_;
  std::vector<std::shared_ptr<Linear>> codes_;
};

}  // namespace refract
