#include "refract/methods/vae_base.h"

#include <algorithm>

namespace refract {

void VaeOptions::describe_into(Options& options) {
  network.describe_into(options);
  likelihood.describe_into(options);
  options.add("latent", latent, "dimensions of the code z").range(1, 4096);
}

VaeBase::VaeBase(const VaeOptions& options, const ImageShape& shape)
    : encoder_(shape, options.network.architecture(), options.latent),
      generator_(shape, options.network.architecture(), options.latent, options.likelihood.output(options.network)),
      likelihood_(options.likelihood),
      model_("model", options.network.adam()),
      shape_(shape),
      blocks_{{"z", options.latent, Role::whole}} {
  model_.own("encoder", encoder_);
  model_.own("generator", generator_);
}

Codes VaeBase::encode(const Tensor& images) const {
  return {encoder_.forward(images).mean};
}

Codes VaeBase::draw(const Tensor& images) const {
  return {encoder_.forward(images).sample()};
}

Codes VaeBase::kl(const Tensor& images) const {
  return {encoder_.forward(images).kl_of_dimensions()};
}

Tensor VaeBase::decode(const Codes& codes) const {
  return likelihood_.images(generator_.forward(codes.at(0))).clamp(-1, 1);
}

VaeBase::Bound VaeBase::bound(const Batch& batch) const {
  const Gaussian posterior = encoder_.forward(batch.images);
  const Inferred inferred{posterior, posterior.sample(), std::max(batch.population, batch.images.size(0))};
  const Tensor mean = generator_.forward(inferred.z);
  return {inferred, likelihood_.negative_log_likelihood(batch.images, mean), regularizer(inferred)};
}

// Mutual information, total correlation and the dimensions' divergences add up to the KL divergence, which is known in
// closed form; what beta adds to it is estimated.
VaeBase::Regularization VaeBase::with_correlation(const Tensor& kl, const Dependence& parts, double beta) {
  const Tensor information = parts.information.detach();
  const Tensor correlation = parts.within.detach();
  return {kl + (beta - 1) * parts.within,
          {{"mutual_information", information},
           {"total_correlation", correlation},
           {"dimension_kl", kl.detach() - information - correlation}}};
}

Scalars VaeBase::Bound::scalars() const {
  Scalars all = {{"reconstruction", reconstruction.detach()}, {"regularizer", regularization.value.detach()}};
  all.insert(all.end(), regularization.parts.begin(), regularization.parts.end());
  return all;
}

Scalars VaeBase::step(const Batch& batch, Update& update) {
  const Bound bound = this->bound(batch);
  update.descend({{model_, bound.loss()}});
  return bound.scalars();
}

}  // namespace refract
