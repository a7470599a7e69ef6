// beta-TCVAE (Chen et al. 2018): of the KL divergence, only the total correlation weighs more.
#include "refract/methods/entries.h"
#include "refract/methods/vae_base.h"

namespace refract {
namespace {

struct BetaTcVaeOptions {
  VaeOptions vae;
  double beta = 6.0;
  std::string sampling = "weighted";
  Options describe() {
    Options options;
    vae.describe_into(options);
    options.add("beta", beta, "weight of the total correlation (Eq. 4; 1 is a VAE)").range(0, 1e6);
    options.add("sampling", sampling, "how q(z) is estimated from a batch: minibatch-weighted or minibatch-stratified")
        .one_of({"weighted", "stratified"});
    return options;
  }
};

class BetaTcVae : public VaeBase {
 public:
  BetaTcVae(const BetaTcVaeOptions& options, const Space& space)
      : VaeBase(options.vae, space),
        beta_(options.beta),
        sampling_(options.sampling == "stratified" ? BatchSampling::stratified : BatchSampling::weighted) {}

  [[nodiscard]] Needs needs() const override { return {.least_batch = 2}; }

 protected:
  [[nodiscard]] Regularization regularizer(const Inferred& inferred) const override {
    // First, since gradients add up in the order of the graph, and runs go on bit for bit.
    const Dependence parts =
        dependence(inferred.posterior, inferred.z, inferred.population, sampling_, {inferred.z.size(1)});
    return with_correlation(inferred.posterior.kl_to_standard().mean(), parts, beta_);
  }

 private:
  double beta_;
  BatchSampling sampling_;
};

}  // namespace

MethodRecipe beta_tcvae_recipe() {
  return recipe_of<BetaTcVae, BetaTcVaeOptions>();
}

}  // namespace refract
