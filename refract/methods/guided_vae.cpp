// Guided-VAE and Guided-beta-TCVAE, unsupervised (Ding et al. 2020): beside the generator, a deformable PCA
// must make the image from the same code, so that its dimensions take on the meanings that this has for them.
#include <fmt/format.h>

#include "refract/core/errors.h"
#include "refract/methods/entries.h"
#include "refract/methods/vae_base.h"
#include "refract/nn/deformable_pca.h"

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
  double beta;  // an option where it is not 1 from the start
  explicit GuidedVaeOptions(double start = 1) : beta(start) {}

  Options describe() {
    Options options;
    vae.describe_into(options);
    options
        .add("latent_def", latent_def,
             "number of leading dimensions of z that deform the image, in the order rotation, scale, shift right, "
             "shift down; the others are weights of the basis images")
        .range(0, kDeformations);
    options
        .add("guide_weight", guide_weight,
             "weight of the squared error of the deformable PCA, summed over pixels in [0, 1]")
        .range(0, 1e6);
    options
        .add("orthogonality_weight", orthogonality_weight,
             "weight of the squared inner products of different basis images")
        .range(0, 1e6);
    if (beta != 1)
      options.add("beta", beta, "weight of the total correlation (Chen et al. 2018, Eq. 4; 1 is Guided-VAE)")
          .range(0, 1e6);
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
  GuidedVae(const GuidedVaeOptions& options, const Space& space)
      : VaeBase(options.vae, space),
        guide_weight_(options.guide_weight),
        orthogonality_weight_(options.orthogonality_weight),
        beta_(options.beta),
        guide_(space, options.latent_def, options.contents()) {
    model_.own("guide", guide_);
  }

  [[nodiscard]] Needs needs() const override { return {.least_batch = beta_ == 1 ? 1 : 2}; }

  // The objective of a VAE and L_DPCA, which is the squared error and the orthogonality of the basis together.
  Scalars step(const Batch& batch, Update& update) override {
    const Bound bound = this->bound(batch);
    const Tensor target = 0.5 * (batch.main.x + 1);
    const Tensor guidance = (target - guide_.forward(bound.inferred.z)).square().flatten(1).sum(1).mean();
    const Tensor overlap = guide_.overlap();
    update.descend({{model_, bound.loss() + guide_weight_ * guidance + orthogonality_weight_ * overlap}});
    Scalars scalars = bound.scalars();
    scalars.insert(scalars.end(), {{"guidance", guidance.detach()}, {"overlap", overlap.detach()}});
    return scalars;
  }

 protected:
  [[nodiscard]] Regularization regularizer(const Inferred& inferred) const override {
    const Tensor kl = inferred.posterior.kl_to_standard().mean();
    if (beta_ == 1) return {kl};
    const int64_t dimensions = inferred.z.size(1);
    return with_correlation(
        kl, dependence(inferred.posterior, inferred.z, inferred.population, BatchSampling::weighted, {dimensions}),
        beta_);
  }

 private:
  double guide_weight_, orthogonality_weight_, beta_;
  DeformablePca guide_;
};

}  // namespace

MethodRecipe guided_vae_recipe() {
  return recipe_of<GuidedVae, GuidedVaeOptions>();
}

MethodRecipe guided_beta_tcvae_recipe() {
  return recipe_of<GuidedVae, GuidedVaeOptions>(GuidedVaeOptions(6));
}

}  // namespace refract
