#include "refract/methods/dip_vae.h"

#include <ATen/ops/diag.h>

#include "refract/methods/vae_base.h"

namespace refract {
namespace {

struct DipVaeOptions {
  VaeOptions vae;
  double lambda_od = 10.0;
  double lambda_d = 10.0;
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
  DipVae(const DipVaeOptions& options, const ImageShape& shape, bool of_samples)
      : VaeBase(options.vae, shape),
        lambda_od_(options.lambda_od),
        lambda_d_(options.lambda_d),
        of_samples_(of_samples) {}

 protected:
  [[nodiscard]] Tensor regularizer(const Inferred& inferred) const override {
    const Gaussian& posterior = inferred.posterior;
    Tensor cov = covariance(posterior.mean);
    if (of_samples_) cov = cov + at::diag(posterior.log_variance.exp().mean(0));
    const Tensor variances = cov.diag();
    const Tensor off_diagonal = cov.square().sum() - variances.square().sum();
    return posterior.kl_to_standard().mean() + lambda_od_ * off_diagonal + lambda_d_ * (variances - 1).square().sum();
  }

 private:
  double lambda_od_, lambda_d_;
  bool of_samples_;
};

MethodRecipe recipe(bool of_samples) {
  auto values = std::make_shared<DipVaeOptions>();
  if (!of_samples) values->lambda_d = 10 * values->lambda_od;  // the ratios of Kumar et al., Sec. 4
  return {values->describe(), [values, of_samples](const ImageShape& shape) {
            return std::make_unique<DipVae>(*values, shape, of_samples);
          }};
}

}  // namespace

MethodRecipe dip_vae_1_recipe() {
  return recipe(false);
}

MethodRecipe dip_vae_2_recipe() {
  return recipe(true);
}

}  // namespace refract
