#include "refract/methods/reference_based.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/zeros.h>

namespace refract {

void ReferenceBasedOptions::describe_into(Options& options) {
  network.describe_into(options);
  likelihood.describe_into(options);
  options.add("latent_e", latent_e, "dimensions of the target factors e").range(1, 4096);
  options.add("latent_z", latent_z, "dimensions of the common factors z").range(1, 4096);
  options.add("kl_weight_e", kl_weight_e, "weight of KL(q(e|x) || p(e)) (Eq. 3: 1)").range(0, 1e6);
  options
      .add("kl_weight_z", kl_weight_z,
           "weight of KL(q(z|x) || p(z)) of unlabelled images at the end of training (Eq. 3: 1)")
      .range(0, 1e6);
  options
      .add("kl_weight_z_start", kl_weight_z_start,
           "kl_weight_z during the first 10 % of the steps; it then changes linearly until 50 %")
      .range(0, 1e6);
  options
      .add("kl_weight_z_reference", kl_weight_z_reference,
           "weight of KL(q(z|x) || p(z)) of reference images (Eq. 3: 1)")
      .range(0, 1e6);
}

ReferenceBased::ReferenceBased(const ReferenceBasedOptions& options, const Space& space)
    : likelihood_(options.likelihood, space),
      encoder_e_(space, options.network.architecture(), options.latent_e),
      encoder_z_(space, options.network.architecture(), options.latent_z),
      model_("model", options.network.adam()),
      options_(options),
      blocks_{{"e", options.latent_e, Role::target}, {"z", options.latent_z, Role::common}},
      generator_(make_generator(likelihood_.made(), options.network.architecture(), options.latent_e + options.latent_z,
                                likelihood_.output(options.network.generator_output))),
      reference_(at::zeros({options.latent_e}).requires_grad_()) {
  model_.own("encoder_e", encoder_e_);
  model_.own("encoder_z", encoder_z_);
  model_.own("generator", *generator_);
  model_.own("e_reference", reference_);
}

Codes ReferenceBased::encode(const Examples& examples) const {
  const Tensor x = likelihood_.read(examples.x);
  return {encoder_e_.forward(x).mean, encoder_z_.forward(x).mean};
}

Codes ReferenceBased::draw(const Examples& examples, const at::Generator& generator) const {
  const Tensor x = likelihood_.read(examples.x);
  return {encoder_e_.forward(x).sample(generator), encoder_z_.forward(x).sample(generator)};
}

Codes ReferenceBased::kl(const Examples& examples) const {
  const Tensor x = likelihood_.read(examples.x);
  return {encoder_e_.forward(x).kl_of_dimensions(), encoder_z_.forward(x).kl_of_dimensions()};
}

Codes ReferenceBased::log_variances(const Examples& examples) const {
  const Tensor x = likelihood_.read(examples.x);
  return {encoder_e_.forward(x).log_variance, encoder_z_.forward(x).log_variance};
}

Tensor ReferenceBased::decode(const Codes& codes) const {
  return likelihood_.example(generate(codes.at(0), codes.at(1)));
}

ReferenceBased::Inferred ReferenceBased::infer(const Gaussian& posterior_e, const Gaussian& posterior_z) {
  return {posterior_e, posterior_z, posterior_e.sample(), posterior_z.sample()};
}

Tensor ReferenceBased::generate(const Tensor& e, const Tensor& z) const {
  const Tensor all_e = at::cat({e, reference_.expand({z.size(0) - e.size(0), -1})});
  return generator_->forward(at::cat({z, all_e}, 1));
}

ReferenceBased::Bound ReferenceBased::bound(const Batch& batch, const Inferred& inferred, const Tensor& made,
                                            const Tensor& progress) const {
  const int64_t unlabelled = batch.size();
  const int64_t all = unlabelled + batch.reference.x.size(0);
  const std::vector<Tensor> halves = made.split_with_sizes({unlabelled, all - unlabelled});
  const auto kl_z = [&](int64_t from, int64_t to) {
    return inferred.posterior_z.rows(from, to).kl_to_standard().mean();
  };
  Bound b;
  b.reconstruction = likelihood_.negative_log_likelihood(batch.main.x, halves[0]);
  b.reconstruction_reference = likelihood_.negative_log_likelihood(batch.reference.x, halves[1]);
  b.kl_e = inferred.posterior_e.kl_to_standard().mean();
  b.kl_z = kl_z(0, unlabelled);
  b.kl_z_reference = kl_z(unlabelled, all);
  b.loss = b.reconstruction + b.reconstruction_reference + options_.kl_weight_e * b.kl_e +
           kl_weight_z(progress) * b.kl_z + options_.kl_weight_z_reference * b.kl_z_reference;
  return b;
}

// A higher weight for unlabelled images alone makes z give up what e already tells the generator, and keep what the
// references need.
Tensor ReferenceBased::kl_weight_z(const Tensor& progress) const {
  constexpr double from = 0.1;
  constexpr double to = 0.5;
  const Tensor changed = ((progress - from) / (to - from)).clamp(0, 1);
  return options_.kl_weight_z_start + changed * (options_.kl_weight_z - options_.kl_weight_z_start);
}

Scalars ReferenceBased::Bound::scalars() const {
  return {{"reconstruction", reconstruction.detach()},
          {"reconstruction_reference", reconstruction_reference.detach()},
          {"kl_e", kl_e.detach()},
          {"kl_z", kl_z.detach()},
          {"kl_z_reference", kl_z_reference.detach()}};
}

}  // namespace refract
