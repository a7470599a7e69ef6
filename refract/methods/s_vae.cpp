// sVAE (Pu et al. 2018, as Ruiz et al. 2019, Sec. 5.2, compare with it): a VAE under the symmetric KL divergence;
// sRb-VAE without a reference set.
#include <ATen/ops/cat.h>
#include <ATen/ops/randn.h>

#include "refract/methods/entries.h"
#include "refract/methods/symmetric.h"
#include "refract/methods/vae_base.h"
#include "refract/nn/density_ratio.h"

namespace refract {
namespace {

struct SVaeOptions {
  VaeOptions vae;
  SymmetricOptions symmetric;
  double kl_weight = 1;
  double latent_weight = 1;

  Options describe() {
    Options options;
    vae.describe_into(options);
    symmetric.describe_into(options);
    options.add("kl_weight", kl_weight, "weight of the KL divergence from the prior").range(0, 1e6);
    options.add("latent_weight", latent_weight, "weight of -log q(z|x) of generated images").range(0, 1e6);
    return options;
  }
};

class SVae : public VaeBase {
 public:
  SVae(const SVaeOptions& options, const Space& space)
      : VaeBase(options.vae, space),
        options_(options),
        ratio_(space, options.vae.network.architecture(), {options.vae.latent}, options.symmetric.discriminator),
        discriminator_("discriminator", options.vae.network.adam(options.symmetric.discriminator_rate)) {
    discriminator_.own("xz", ratio_);
  }

  [[nodiscard]] std::vector<Player*> players() override { return {&model_, &discriminator_}; }

  // Ruiz et al. 2019, Algorithm 1, with nothing but unlabelled images and one code.
  Scalars step(const Batch& batch, Update& update) override {
    const Tensor x = likelihood_.read(batch.main.x);
    const int64_t n = x.size(0);
    const Tensor prior = at::randn({n, options_.vae.latent}, x.options());
    const Tensor generated = likelihood_.read(likelihood_.mean(generator_->forward(prior)));
    const Tensor both = at::cat({x, generated});
    const Gaussian posterior = encoder_.forward(both, n);
    const Inferred inferred{posterior.rows(0, n), posterior.rows(0, n).sample(), n};

    const Tensor reconstruction = likelihood_.negative_log_likelihood(batch.main.x, generator_->forward(inferred.z));
    const Tensor kl = regularizer(inferred).value;
    const SharedPass d = judge(ratio_, {both, at::cat({inferred.z, prior})});
    const Tensor symmetric = symmetric_divergence(d.verdicts);
    const Tensor latent = -posterior.rows(n, 2 * n).log_prob(prior).mean();

    update.descend({{model_, reconstruction + kl + options_.symmetric.adversarial_weight * symmetric +
                                 options_.latent_weight * latent},
                    {discriminator_, d.loss}});
    return {{"reconstruction", reconstruction.detach()},
            {"regularizer", kl.detach()},
            {"symmetric", symmetric.detach()},
            {"latent", latent.detach()},
            {"discriminator", d.loss.detach()}};
  }

 protected:
  [[nodiscard]] Regularization regularizer(const Inferred& inferred) const override {
    return {options_.kl_weight * inferred.posterior.kl_to_standard().mean()};
  }

 private:
  SVaeOptions options_;
  Discriminator ratio_;
  Player discriminator_;
};

}  // namespace

MethodRecipe s_vae_recipe() {
  return recipe_of<SVae, SVaeOptions>();
}

}  // namespace refract
