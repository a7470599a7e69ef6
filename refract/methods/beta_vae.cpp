#include "refract/methods/beta_vae.h"

#include "refract/methods/vae_base.h"

namespace refract {
namespace {

struct BetaVaeOptions {
  VaeOptions vae;
  double beta = 4.0;
  Options describe() {
    Options options;
    vae.describe_into(options);
    options.add("beta", beta, "weight of the KL divergence from the prior (Eq. 4; 1 is a VAE)").range(0, 1e6);
    return options;
  }
};

class BetaVae : public VaeBase {
 public:
  BetaVae(const BetaVaeOptions& options, const ImageShape& shape) : VaeBase(options.vae, shape), beta_(options.beta) {}

 protected:
  [[nodiscard]] Tensor regularizer(const Inferred& inferred) const override {
    return beta_ * inferred.posterior.kl_to_standard().mean();
  }

 private:
  double beta_;
};

}  // namespace

MethodRecipe beta_vae_recipe() {
  auto values = std::make_shared<BetaVaeOptions>();
  return {values->describe(), [values](const ImageShape& shape) { return std::make_unique<BetaVae>(*values, shape); }};
}

}  // namespace refract
