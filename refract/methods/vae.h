// The variational autoencoder (Kingma and Welling 2014), and the base of methods that differ from it in their
// regulariser alone.
#pragma once

#include "refract/methods/common.h"
#include "refract/methods/registry.h"

namespace refract {

struct VaeOptions {
  NetworkOptions network;
  LikelihoodOptions likelihood;
  int64_t latent = 32;
  double kl_weight = 1.0;
  Options describe();
};

class Vae : public Method {
 public:
  Vae(const VaeOptions& options, const ImageShape& shape);

  [[nodiscard]] ImageShape shape() const override { return shape_; }
  [[nodiscard]] const std::vector<Block>& blocks() const override { return blocks_; }
  [[nodiscard]] Codes encode(const Tensor& images) const override;
  [[nodiscard]] Codes draw(const Tensor& images) const override;
  [[nodiscard]] Tensor decode(const Codes& codes) const override;
  [[nodiscard]] Needs needs() const override { return {}; }
  [[nodiscard]] std::vector<Player*> players() override { return {&player_}; }
  Scalars step(const Batch& batch, Update& update) override;

 protected:
  // What is added to the reconstruction error: 0-dim. `sample` is the code drawn from `posterior`.
  [[nodiscard]] virtual Tensor regularizer(const Gaussian& posterior, const Tensor& sample) const;

 private:
  VaeOptions options_;
  ImageShape shape_;
  std::vector<Block> blocks_;
  Encoder encoder_;
  Generator generator_;
  Player player_;
};

MethodRecipe vae_recipe();

}  // namespace refract
