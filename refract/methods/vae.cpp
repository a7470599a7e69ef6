#include "refract/methods/vae.h"

namespace refract {

Options VaeOptions::describe() {
  Options options;
  network.describe_into(options);
  likelihood.describe_into(options);
  options.add("latent", latent, "dimensions of the code z").range(1, 4096);
  options.add("kl_weight", kl_weight, "weight of the KL divergence from the prior").range(0, 1e6);
  return options;
}

Vae::Vae(const VaeOptions& options, const ImageShape& shape)
    : options_(options),
      shape_(shape),
      blocks_{{"z", options.latent, Role::whole}},
      encoder_(shape, options.network.widths, options.latent),
      generator_(shape, options.network.widths, options.latent, options.network.output()),
      player_("model", options.network.adam()) {
  player_.own("encoder", encoder_);
  player_.own("generator", generator_);
}

Codes Vae::encode(const Tensor& images) const {
  return {encoder_.forward(images).mean};
}

Codes Vae::draw(const Tensor& images) const {
  return {encoder_.forward(images).sample()};
}

Tensor Vae::decode(const Codes& codes) const {
  return generator_.forward(codes.at(0)).clamp(-1, 1);
}

Scalars Vae::step(const Batch& batch, Update& update) {
  const Gaussian posterior = encoder_.forward(batch.images);
  const Tensor z = posterior.sample();
  const Tensor reconstruction = options_.likelihood.negative_log_likelihood(batch.images, generator_.forward(z));
  const Tensor regularization = regularizer(posterior, z);
  update.descend({{player_, reconstruction + regularization}});
  return {{"reconstruction", reconstruction.detach()}, {"regularizer", regularization.detach()}};
}

Tensor Vae::regularizer(const Gaussian& posterior, const Tensor& /*sample*/) const {
  return options_.kl_weight * posterior.kl_to_standard().mean();
}

MethodRecipe vae_recipe() {
  auto values = std::make_shared<VaeOptions>();
  return {values->describe(), [values](const ImageShape& shape) { return std::make_unique<Vae>(*values, shape); }};
}

}  // namespace refract
