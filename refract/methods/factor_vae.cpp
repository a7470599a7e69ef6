// FactorVAE (Kim and Mnih 2018): a VAE with a heavier total correlation, which a discriminator estimates.
#include <ATen/ops/cat.h>

#include "refract/methods/entries.h"
#include "refract/methods/vae_base.h"
#include "refract/nn/code_discriminator.h"
#include "refract/nn/density_ratio.h"
#include "refract/optim/shared_pass.h"

namespace refract {
namespace {

struct FactorVaeOptions {
  VaeOptions vae;
  double gamma = 35;
  int64_t layers = 6;
  int64_t features = 1000;
  double rate = 1e-4;

  Options describe() {
    Options options;
    vae.describe_into(options);
    options.add("gamma", gamma, "weight of the total correlation (Eq. 2)").range(0, 1e6);
    options.add("discriminator_layers", layers, "fully-connected layers of the discriminator, including the last")
        .range(1, 100);
    options.add("discriminator_features", features, "features of each layer of the discriminator except the last")
        .range(1, 65536);
    options.add("discriminator_learning_rate", rate, "learning rate of the discriminator").range(0, 1);
    return options;
  }
};

class FactorVae : public VaeBase {
 public:
  FactorVae(const FactorVaeOptions& options, const Space& space)
      : VaeBase(options.vae, space),
        gamma_(options.gamma),
        ratio_(options.vae.latent, options.layers, options.features),
        discriminator_("discriminator", Adam{options.rate, 0.5, 0.9, 1e-8}) {
    discriminator_.own("ratio", ratio_);
  }

  [[nodiscard]] Needs needs() const override { return {.second = {true}, .least_batch = 2}; }
  [[nodiscard]] std::vector<Player*> players() override { return {&model_, &discriminator_}; }

  // Algorithm 2, but both players move at once: the discriminator sees the codes from before the model's step.
  Scalars step(const Batch& batch, Update& update) override {
    const int64_t n = batch.size();
    const Gaussian posterior = infer(at::cat({batch.main.x, batch.second.x}));
    const Tensor codes = posterior.sample();
    const Tensor z = codes.slice(0, 0, n);
    const Tensor reconstruction = likelihood_.negative_log_likelihood(batch.main.x, generator_->forward(z));
    const Tensor kl = regularizer({posterior.rows(0, n), z, n}).value;

    const SharedPass d = judge(z, permuted_dimensions(codes.slice(0, n).detach()));
    const Tensor correlation = d.verdicts.slice(0, 0, n).mean();

    const Tensor total = reconstruction + kl + gamma_ * correlation;  // Eq. 2
    update.descend({{model_, total}, {discriminator_, d.loss}});
    return {{"loss", total.detach()},
            {"reconstruction", reconstruction.detach()},
            {"regularizer", kl.detach()},
            {"total_correlation", correlation.detach()},
            {"discriminator", d.loss.detach()}};
  }

 protected:
  [[nodiscard]] Regularization regularizer(const Inferred& inferred) const override {
    return {inferred.posterior.kl_to_standard().mean()};
  }

 private:
  [[nodiscard]] SharedPass judge(const Tensor& joint, const Tensor& product) const {
    const auto network = [&](const std::vector<Tensor>& leaves) { return ratio_.forward(leaves[0]); };
    return shared_pass({at::cat({joint, product})}, ratio_.parameters(), network, ratio_loss);
  }

  double gamma_;
  CodeDiscriminator ratio_;
  Player discriminator_;
};

}  // namespace

MethodRecipe factor_vae_recipe() {
  return recipe_of<FactorVae, FactorVaeOptions>();
}

}  // namespace refract
