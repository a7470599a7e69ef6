#include "refract/methods/guided_vae.h"

#include <fmt/format.h>

#include <algorithm>

#include "refract/core/errors.h"
#include "refract/methods/vae_base.h"
#include "refract/nn/deformable_pca.h"
#include "refract/nn/total_correlation.h"

namespace refract {
namespace {

// Written from the paper's objective and its authors' code for MNIST; how z was split on dSprites, and how the terms
// were weighed, is not known here. Defaults are two deforming dimensions (rotation and scale, as in that code) and the
// objective as printed, for each image: all weights 1. The code differs from it: a binary cross-entropy at half weight,
// |b_k . b_j| in place of squares, a sigmoid around the sum.
struct GuidedVaeOptions {
  VaeOptions vae;
  int64_t latent_def = 2;
  double guide_weight = 1;
  double orthogonality_weight = 1;
  double beta = 1;

  Options describe(bool with_beta) {
    Options options;
    vae.describe_into(options);
    options
        .add("latent_def", latent_def,
             "dimensions of z that deform, its first, in this order: rotation, scale, shift to the right, shift down; "
             "the others weigh the basis")
        .range(0, kDeformations);
    options
        .add("guide_weight", guide_weight,
             "weight of the squared error of the deformable PCA's image, summed over pixels from 0 to 1")
        .range(0, 1e6);
    options
        .add("orthogonality_weight", orthogonality_weight, "weight of the squared products of different basis images")
        .range(0, 1e6);
    if (with_beta) {
      beta = 6;
      options.add("beta", beta, "weight of the total correlation (Chen et al. 2018, Eq. 4; 1 is Guided-VAE)")
          .range(0, 1e6);
    }
    return options;
  }

  [[nodiscard]] int64_t contents() const {
    if (latent_def < vae.latent) return vae.latent - latent_def;
    throw BadInput(fmt::format(
        "Splitting z for a deformable PCA: latent_def is {} and latent {}, which leaves no dimension for the "
        "basis. Raise latent, or lower latent_def.",
        latent_def, vae.latent));
  }
};

class GuidedVae : public VaeBase {
 public:
  GuidedVae(const GuidedVaeOptions& options, const ImageShape& shape)
      : VaeBase(options.vae, shape),
        guide_weight_(options.guide_weight),
        orthogonality_weight_(options.orthogonality_weight),
        beta_(options.beta),
        guide_(shape, options.latent_def, options.contents()) {
    model_.own("guide", guide_);
  }

  // The objective of a VAE and L_DPCA, which is the squared error and the orthogonality of the basis together.
  Scalars step(const Batch& batch, Update& update) override {
    const Gaussian posterior = encoder_.forward(batch.images);
    const Inferred inferred{posterior, posterior.sample(), std::max(batch.population, batch.images.size(0))};
    const Tensor reconstruction = likelihood_.negative_log_likelihood(batch.images, generator_.forward(inferred.z));
    const Tensor regularization = regularizer(inferred);
    const Tensor target = 0.5 * (batch.images + 1);
    const Tensor guidance = (target - guide_.forward(inferred.z)).square().flatten(1).sum(1).mean();
    const Tensor overlap = guide_.overlap();
    update.descend(
        {{model_, reconstruction + regularization + guide_weight_ * guidance + orthogonality_weight_ * overlap}});
    return {{"reconstruction", reconstruction.detach()},
            {"regularizer", regularization.detach()},
            {"guidance", guidance.detach()},
            {"overlap", overlap.detach()}};
  }

 protected:
  [[nodiscard]] Tensor regularizer(const Inferred& inferred) const override {
    const Tensor kl = inferred.posterior.kl_to_standard().mean();
    if (beta_ == 1) return kl;
    return kl + (beta_ - 1) *
                    total_correlation(inferred.posterior, inferred.z, inferred.population, BatchSampling::weighted);
  }

 private:
  double guide_weight_, orthogonality_weight_, beta_;
  DeformablePca guide_;
};

MethodRecipe recipe(bool with_beta) {
  auto values = std::make_shared<GuidedVaeOptions>();
  return {values->describe(with_beta),
          [values](const ImageShape& shape) { return std::make_unique<GuidedVae>(*values, shape); }};
}

}  // namespace

MethodRecipe guided_vae_recipe() {
  return recipe(false);
}

MethodRecipe guided_beta_tcvae_recipe() {
  return recipe(true);
}

}  // namespace refract
