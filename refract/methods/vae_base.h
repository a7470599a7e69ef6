// The base of methods with one code z: a variational autoencoder (Kingma and Welling 2014) but for its regulariser.
#pragma once

#include "refract/methods/common.h"
#include "refract/methods/method.h"
#include "refract/nn/total_correlation.h"

namespace refract {

struct VaeOptions {
  NetworkOptions network;
  LikelihoodOptions likelihood;
  int64_t latent = 32;
  void describe_into(Options& options);
};

class VaeBase : public Method {
 public:
  VaeBase(const VaeOptions& options, const Space& space);

  [[nodiscard]] const Space& space() const override { return likelihood_.space(); }
  [[nodiscard]] const std::vector<Block>& blocks() const override { return blocks_; }
  [[nodiscard]] Codes encode(const Examples& examples) const override;
  [[nodiscard]] Codes draw(const Examples& examples, const at::Generator& generator) const override;
  [[nodiscard]] Codes kl(const Examples& examples) const override;
  [[nodiscard]] Codes log_variances(const Examples& examples) const override;
  [[nodiscard]] Tensor decode(const Codes& codes) const override;
  [[nodiscard]] Needs needs() const override { return {}; }
  [[nodiscard]] std::vector<Player*> players() override { return {&model_}; }
  Scalars step(const Batch& batch, Update& update) override;

 protected:
  // q(z | x) of a batch, a sample of each, and of how many images the batch was drawn.
  struct Inferred {
    Gaussian posterior;
    Tensor z;
    int64_t population;
  };
  // What is added to the reconstruction error, 0-dim, and what of it is worth a curve of its own, without gradient.
  struct Regularization {
    Tensor value;
    Scalars parts = {};
  };
  // The two terms of the loss.
  struct Bound {
    Inferred inferred;
    Tensor reconstruction;  // 0-dim
    Regularization regularization;
    [[nodiscard]] Tensor loss() const { return reconstruction + regularization.value; }
    [[nodiscard]] Scalars scalars() const;
  };
  [[nodiscard]] Bound bound(const Batch& batch) const;

  // Chen et al. 2018, Eq. 4 with alpha = gamma = 1: the divergence `kl`, its total correlation, all within one group,
  // `beta` times.
  [[nodiscard]] static Regularization with_correlation(const Tensor& kl, const Dependence& parts, double beta);

  [[nodiscard]] virtual Regularization regularizer(const Inferred& inferred) const = 0;

  // q(z | x) of examples.
  [[nodiscard]] Gaussian infer(const Tensor& x) const { return encoder_.forward(likelihood_.read(x)); }

  Likelihood likelihood_;
  Encoder encoder_;
  std::shared_ptr<Generator> generator_;
  Player model_;

 private:
  std::vector<Block> blocks_;
};

}  // namespace refract
