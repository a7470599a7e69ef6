// DIP-VAE-I and -II (Kumar et al. 2018): VAEs whose codes are held uncorrelated, with unit variance.
#include <ATen/ops/diag.h>

#include "refract/methods/entries.h"
#include "refract/methods/vae_base.h"

namespace refract {
namespace {

struct DipVaeOptions {
  VaeOptions vae;
  bool of_samples;  // II, else I
  double lambda_od = 10.0;
  double lambda_d;  // the ratios are those of Kumar et al., Sec. 4
  explicit DipVaeOptions(bool second) : of_samples(second), lambda_d(second ? 10 : 100) {}
  Options describe() {
    Options options;
    vae.describe_into(options);
    options.add("lambda_od", lambda_od, "weight of the squared covariances of different dimensions").range(0, 1e6);
    options.add("lambda_d", lambda_d, "weight of the squared deviations of variances from 1").range(0, 1e6);
    return options;
  }
};

// Of the posterior means over the batch (biased, as an expectation over it): [D, D].
Tensor covariance(const Tensor& means) {
  const Tensor centred = means - means.mean(0, true);
  return centred.t().mm(centred) / means.size(0);
}

// Kumar et al. 2018, Eq. 6 for I (covariance of the means) and Eq. 7 for II (of samples: the posterior's own variances
// are added), on top of the KL divergence.
class DipVae : public VaeBase {
 public:
  DipVae(const DipVaeOptions& options, const Space& space)
      : VaeBase(options.vae, space),
        lambda_od_(options.lambda_od),
        lambda_d_(options.lambda_d),
        of_samples_(options.of_samples) {}

  [[nodiscard]] Needs needs() const override { return {.least_batch = 2}; }

 protected:
  [[nodiscard]] Regularization regularizer(const Inferred& inferred) const override {
    const Gaussian& posterior = inferred.posterior;
    Tensor cov = covariance(posterior.mean);
    if (of_samples_) cov = cov + at::diag(posterior.log_variance.exp().mean(0));
    const Tensor variances = cov.diag();
    const Tensor off_diagonal = cov.square().sum() - variances.square().sum();
    return {posterior.kl_to_standard().mean() + lambda_od_ * off_diagonal + lambda_d_ * (variances - 1).square().sum()};
  }

 private:
  double lambda_od_, lambda_d_;
  bool of_samples_;
};

}  // namespace

MethodRecipe dip_vae_1_recipe() {
  return recipe_of<DipVae, DipVaeOptions>(DipVaeOptions(false));
}

MethodRecipe dip_vae_2_recipe() {
  return recipe_of<DipVae, DipVaeOptions>(DipVaeOptions(true));
}

}  // namespace refract
