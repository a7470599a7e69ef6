#include "refract/methods/vae.h"

#include "refract/methods/vae_base.h"

namespace refract {
namespace {

struct PlainVaeOptions {
  VaeOptions vae;
  double kl_weight = 1.0;
  Options describe() {
    Options options;
    vae.describe_into(options);
    options.add("kl_weight", kl_weight, "weight of the KL divergence from the prior").range(0, 1e6);
    return options;
  }
};

class Vae : public VaeBase {
 public:
  Vae(const PlainVaeOptions& options, const ImageShape& shape)
      : VaeBase(options.vae, shape), kl_weight_(options.kl_weight) {}

 protected:
  [[nodiscard]] Tensor regularizer(const Inferred& inferred) const override {
    return kl_weight_ * inferred.posterior.kl_to_standard().mean();
  }

 private:
  double kl_weight_;
};

}  // namespace

MethodRecipe vae_recipe() {
  auto values = std::make_shared<PlainVaeOptions>();
  return {values->describe(), [values](const ImageShape& shape) { return std::make_unique<Vae>(*values, shape); }};
}

}  // namespace refract
