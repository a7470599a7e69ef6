// The variational autoencoder (Kingma and Welling 2014), and beta-VAE (Higgins et al. 2017), which is the same with a
// heavier KL divergence.
#include "refract/methods/entries.h"
#include "refract/methods/vae_base.h"

namespace refract {
namespace {

struct WeightedVaeOptions {
  VaeOptions vae;
  double weight;  // an option named and explained as follows
  std::string name, meaning;
  WeightedVaeOptions(double value, std::string its_name, std::string its_meaning)
      : weight(value), name(std::move(its_name)), meaning(std::move(its_meaning)) {}
  Options describe() {
    Options options;
    vae.describe_into(options);
    options.add(name, weight, meaning).range(0, 1e6);
    return options;
  }
};

class WeightedVae : public VaeBase {
 public:
  WeightedVae(const WeightedVaeOptions& options, const Space& space)
      : VaeBase(options.vae, space), weight_(options.weight) {}

 protected:
  [[nodiscard]] Regularization regularizer(const Inferred& inferred) const override {
    return {weight_ * inferred.posterior.kl_to_standard().mean()};
  }

 private:
  double weight_;
};

}  // namespace

MethodRecipe vae_recipe() {
  return recipe_of<WeightedVae, WeightedVaeOptions>({1, "kl_weight", "weight of the KL divergence from the prior"});
}

MethodRecipe beta_vae_recipe() {
  return recipe_of<WeightedVae, WeightedVaeOptions>(
      {4, "beta", "weight of the KL divergence from the prior (Eq. 4; 1 is a VAE)"});
}

}  // namespace refract
