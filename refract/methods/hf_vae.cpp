// HFVAE (Esmaeili et al. 2019): a VAE whose KL divergence falls into mutual information, total correlation between
// groups of dimensions, total correlation within them, and the dimensions' own divergences, the first three weighted.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <numeric>

#include "refract/core/errors.h"
#include "refract/methods/entries.h"
#include "refract/methods/vae_base.h"

namespace refract {
namespace {

// Written from the objective in its authors' library, probtorch (objectives/marginal.py), where a group is one variable
// of the model. Table 1 of Hajimiri et al. gives each method six continuous dimensions and does not say how they were
// grouped or weighted: halves and the defaults of beta and gamma are this project's.
struct HfVaeOptions {
  VaeOptions vae;
  double alpha = 1;
  double beta = 4;
  double gamma = 3;
  std::vector<int64_t> groups = {};
  std::string sampling = "shared";
  Options describe() {
    Options options;
    vae.describe_into(options);
    options.add("alpha", alpha, "weight of the mutual information of images and codes (1: as in a VAE)").range(0, 1e6);
    options.add("beta", beta, "weight of the total correlation between groups of dimensions (1: as in a VAE)")
        .range(0, 1e6);
    options.add("gamma", gamma, "weight of the total correlations within groups (1: as in a VAE)").range(0, 1e6);
    options.add("groups", groups, "sizes of the groups of dimensions, in order, with the sum latent; empty: two halves")
        .range(1, 4096);
    options
        .add("sampling", sampling,
             "how q(z) is estimated from a batch: shared (the authors' code), minibatch-weighted or "
             "minibatch-stratified")
        .one_of({"shared", "weighted", "stratified"});
    return options;
  }
  [[nodiscard]] std::vector<int64_t> sizes() const;
  [[nodiscard]] BatchSampling batch_sampling() const {
    if (sampling == "weighted") return BatchSampling::weighted;
    return sampling == "stratified" ? BatchSampling::stratified : BatchSampling::shared;
  }
};

std::vector<int64_t> HfVaeOptions::sizes() const {
  if (groups.empty()) return {vae.latent / 2, vae.latent - vae.latent / 2};
  if (std::accumulate(groups.begin(), groups.end(), int64_t{0}) == vae.latent) return groups;
  throw BadInput(
      fmt::format("Grouping the dimensions of z by groups {}: expected sizes that add up to latent, {}. Change one of "
                  "the two.",
                  fmt::join(groups, ","), vae.latent));
}

class HfVae : public VaeBase {
 public:
  HfVae(const HfVaeOptions& options, const Space& space)
      : VaeBase(options.vae, space),
        alpha_(options.alpha),
        beta_(options.beta),
        gamma_(options.gamma),
        groups_(options.sizes()),
        sampling_(options.batch_sampling()) {}

  [[nodiscard]] Needs needs() const override { return {.least_batch = 2}; }

 protected:
  // The paper's terms: 2, mutual information (alpha); A, between groups (beta); i, within (gamma); ii, the dimensions'
  // divergences (1). All four add up to the KL divergence, which is known in closed form; what weights other than 1 add
  // to it is estimated. The prior's own correlations in A and i vanish: it is standard normal.
  [[nodiscard]] Regularization regularizer(const Inferred& inferred) const override {
    const Dependence parts = dependence(inferred.posterior, inferred.z, inferred.population, sampling_, groups_);
    const Tensor kl = inferred.posterior.kl_to_standard().mean();
    const Tensor information = parts.information.detach();
    const Tensor between = parts.between.detach();
    const Tensor within = parts.within.detach();
    return {kl + (alpha_ - 1) * parts.information + (beta_ - 1) * parts.between + (gamma_ - 1) * parts.within,
            {{"mutual_information", information},
             {"total_correlation_between", between},
             {"total_correlation_within", within},
             {"dimension_kl", kl.detach() - information - between - within}}};
  }

 private:
  double alpha_, beta_, gamma_;
  std::vector<int64_t> groups_;
  BatchSampling sampling_;
};

}  // namespace

MethodRecipe hf_vae_recipe() {
  return recipe_of<HfVae, HfVaeOptions>();
}

}  // namespace refract
