// Reference-based variational autoencoders (Ruiz et al. 2019, Sec. 4.1): target factors e, common factors z, and a
// learned e^r that stands for the reference set. Rb-VAE and sRb-VAE are two ways to train one and the same model.
#pragma once

#include "refract/methods/common.h"
#include "refract/methods/method.h"

namespace refract {

struct ReferenceBasedOptions {
  NetworkOptions network;
  LikelihoodOptions likelihood;
  int64_t latent_e = 32;
  int64_t latent_z = 32;
  double kl_weight_e = 1.0;
  double kl_weight_z = 1.0;
  double kl_weight_z_start = 1.0;
  double kl_weight_z_reference = 1.0;
  void describe_into(Options& options);
};

class ReferenceBased : public Method {
 public:
  ReferenceBased(const ReferenceBasedOptions& options, const Space& space);

  [[nodiscard]] const Space& space() const override { return likelihood_.space(); }
  [[nodiscard]] const std::vector<Block>& blocks() const override { return blocks_; }
  [[nodiscard]] Codes encode(const Examples& examples) const override;  // {e, z}
  [[nodiscard]] Codes draw(const Examples& examples, const at::Generator& generator) const override;
  [[nodiscard]] Codes kl(const Examples& examples) const override;
  [[nodiscard]] Codes log_variances(const Examples& examples) const override;
  [[nodiscard]] Tensor decode(const Codes& codes) const override;
  [[nodiscard]] Tensor reference_code() const override { return reference_; }
  [[nodiscard]] Needs needs() const override { return {.reference = {true}}; }
  [[nodiscard]] std::vector<Player*> players() override { return {&model_}; }

 protected:
  // Posteriors of one batch and a sample of each.
  struct Inferred {
    Gaussian posterior_e;  // q(e | x), unlabelled images
    Gaussian posterior_z;  // q(z | x), unlabelled images, then reference images
    Tensor e, z;           // samples of the two
  };
  [[nodiscard]] static Inferred infer(const Gaussian& posterior_e, const Gaussian& posterior_z);

  // G(z, e) for the first rows of z, one for each row of e, and G(z, e^r) for the rest.
  [[nodiscard]] Tensor generate(const Tensor& e, const Tensor& z) const;

  // The expectations of Eq. 3, each averaged over its batch; the loss is their weighted sum at that stage of training.
  struct Bound {
    Tensor reconstruction, reconstruction_reference, kl_e, kl_z, kl_z_reference, loss;
    [[nodiscard]] Scalars scalars() const;
  };
  [[nodiscard]] Bound bound(const Batch& batch, const Inferred& inferred, const Tensor& made,
                            const Tensor& progress) const;

  Likelihood likelihood_;
  Encoder encoder_e_, encoder_z_;
  Player model_;

 private:
  [[nodiscard]] Tensor kl_weight_z(const Tensor& progress) const;

  ReferenceBasedOptions options_;
  std::vector<Block> blocks_;
  std::shared_ptr<Generator> generator_;
  Tensor reference_;  // e^r, [latent_e]
};

}  // namespace refract
