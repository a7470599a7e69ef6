#include "refract/methods/vae_base.h"

#include <algorithm>

namespace refract {

void VaeOptions::describe_into(Options& options) {
  network.describe_into(options);
  likelihood.describe_into(options);
  options.add("latent", latent, "dimensions of the code z").range(1, 4096);
}

VaeBase::VaeBase(const VaeOptions& options, const Space& space)
    : likelihood_(options.likelihood, space),
      encoder_(space, options.network.architecture(), options.latent),
      generator_(make_generator(likelihood_.made(), options.network.architecture(), options.latent,
                                likelihood_.output(options.network.generator_output))),
      model_("model", options.network.adam()),
      blocks_{{"z", options.latent, Role::whole}} {
  model_.own("encoder", encoder_);
  model_.own("generator", *generator_);
}

Codes VaeBase::encode(const Examples& examples) const {
  return {infer(examples.x).mean};
}

Codes VaeBase::draw(const Examples& examples, const at::Generator& generator) const {
  return {infer(examples.x).sample(generator)};
}

Codes VaeBase::kl(const Examples& examples) const {
  return {infer(examples.x).kl_of_dimensions()};
}

Codes VaeBase::log_variances(const Examples& examples) const {
  return {infer(examples.x).log_variance};
}

Tensor VaeBase::decode(const Codes& codes) const {
  return likelihood_.example(generator_->forward(codes.at(0)));
}

VaeBase::Bound VaeBase::bound(const Batch& batch) const {
  const Tensor& x = batch.main.x;
  const Gaussian posterior = infer(x);
  const Inferred inferred{posterior, posterior.sample(), std::max(batch.population, x.size(0))};
  const Tensor made = generator_->forward(inferred.z);
  return {inferred, likelihood_.negative_log_likelihood(x, made), regularizer(inferred)};
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
