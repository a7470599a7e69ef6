// sRb-VAE (Ruiz et al. 2019, Sec. 4.3): the reference-based model under the symmetric KL divergence, trained
// adversarially.
#include <ATen/ops/cat.h>
#include <ATen/ops/randn.h>

#include "refract/methods/entries.h"
#include "refract/methods/reference_based.h"
#include "refract/methods/symmetric.h"
#include "refract/nn/density_ratio.h"

namespace refract {
namespace {

struct SrbVaeOptions {
  ReferenceBasedOptions model;
  SymmetricOptions symmetric;
  double latent_weight_e = 1;
  double latent_weight_z = 1;

  Options describe() {
    Options options;
    model.describe_into(options);
    symmetric.describe_into(options);
    options.add("latent_weight_e", latent_weight_e, "weight of -log q(e|x) of generated images (Fig. 3 e)")
        .range(0, 1e6);
    options.add("latent_weight_z", latent_weight_z, "weight of -log q(z|x) of generated images (Fig. 3 e, f)")
        .range(0, 1e6);
    return options;
  }
};

class SrbVae : public ReferenceBased {
 public:
  SrbVae(const SrbVaeOptions& options, const Space& space)
      : ReferenceBased(options.model, space),
        options_(options),
        ratio_(space, options.model.network.architecture(), {options.model.latent_z, options.model.latent_e},
               options.symmetric.discriminator),
        ratio_reference_(space, options.model.network.architecture(), {options.model.latent_z},
                         options.symmetric.discriminator),
        discriminators_("discriminators", options.model.network.adam(options.symmetric.discriminator_rate)) {
    discriminators_.own("xze", ratio_);
    discriminators_.own("xz", ratio_reference_);
  }

  [[nodiscard]] std::vector<Player*> players() override { return {&model_, &discriminators_}; }

  // Algorithm 1: all four groups of parameters move at once, from the same samples.
  Scalars step(const Batch& batch, Update& update) override {
    const Tensor x = likelihood_.read(batch.main.x);
    const Tensor reference = likelihood_.read(batch.reference.x);
    const int64_t n = x.size(0);
    const int64_t m = n + reference.size(0);

    const Tensor prior_e = at::randn({n, options_.model.latent_e}, x.options());  // lines 9 to 13
    const Tensor prior_z = at::randn({m, options_.model.latent_z}, x.options());
    const Tensor generated = likelihood_.read(likelihood_.mean(generate(prior_e, prior_z)));

    const std::vector<Tensor> halves = generated.split_with_sizes({n, m - n});

    const Gaussian e = encoder_e_.forward(at::cat({x, halves[0]}), n);
    const Gaussian z = encoder_z_.forward(at::cat({x, reference, halves[0], halves[1]}), m);
    const Inferred inferred = infer(e.rows(0, n), z.rows(0, m));  // lines 2 to 6
    const Bound terms = bound(batch, inferred, generate(inferred.e, inferred.z),
                              update.progress());  // Fig. 3 c, d, with the KL terms of Eq. 3

    const auto both = [](const Tensor& encoded, const Tensor& drawn) { return at::cat({encoded, drawn}); };
    const SharedPass d = judge(ratio_, {both(x, halves[0]), both(inferred.z.slice(0, 0, n), prior_z.slice(0, 0, n)),
                                        both(inferred.e, prior_e)});
    const SharedPass d_reference =
        judge(ratio_reference_, {both(reference, halves[1]), both(inferred.z.slice(0, n, m), prior_z.slice(0, n, m))});

    const Tensor symmetric =  // Eq. 6; Fig. 3 a, b
        symmetric_divergence(d.verdicts) + symmetric_divergence(d_reference.verdicts);
    const Tensor latent_e = -e.rows(n, 2 * n).log_prob(prior_e).mean();  // Fig. 3 e
    const Tensor log_prob_z = z.rows(m, 2 * m).log_prob(prior_z);        // Fig. 3 e, f
    const Tensor latent_z = -log_prob_z.slice(0, 0, n).mean() - log_prob_z.slice(0, n, m).mean();

    update.descend({{model_, terms.loss + options_.symmetric.adversarial_weight * symmetric +
                                 options_.latent_weight_e * latent_e + options_.latent_weight_z * latent_z},
                    {discriminators_, d.loss + d_reference.loss}});  // Eq. 7

    Scalars scalars = terms.scalars();
    scalars.insert(scalars.end(), {{"symmetric", symmetric.detach()},
                                   {"latent_e", latent_e.detach()},
                                   {"latent_z", latent_z.detach()},
                                   {"discriminator", d.loss.detach()},
                                   {"discriminator_reference", d_reference.loss.detach()}});
    return scalars;
  }

 private:
  SrbVaeOptions options_;
  Discriminator ratio_, ratio_reference_;
  Player discriminators_;
};

}  // namespace

MethodRecipe srb_vae_recipe() {
  return recipe_of<SrbVae, SrbVaeOptions>();
}

}  // namespace refract
