#include "refract/nn/networks.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/full.h>
#include <ATen/ops/leaky_relu.h>
#include <ATen/ops/rand.h>
#include <fmt/format.h>

namespace refract {

GaussianHead::GaussianHead(int64_t features, int64_t latents, Sigma sigma)
    : Linear(features, sigma == Sigma::own ? 2 * latents : latents, kPlain), sigma_(sigma) {
  if (sigma == Sigma::own) start_at(latents, 2 * latents, 0.1, kLogVarianceStart);
  if (sigma == Sigma::shared)
    log_variance_ = register_parameter("log_variance", at::full({1, latents}, kLogVarianceStart));
}

Gaussian GaussianHead::posterior(const Tensor& features) const {
  const Tensor raw = forward(features);
  if (sigma_ == Sigma::none) return {raw, {}};
  return bounded_gaussian(sigma_ == Sigma::own ? raw : at::cat({raw, log_variance_.expand_as(raw)}, 1));
}

Encoder::Encoder(const Space& space, const Architecture& architecture, int64_t latents, int64_t conditions, Sigma sigma)
    : trunk_(register_module("trunk", make_trunk(space, architecture, conditions))),
      head_(register_module("head", std::make_shared<GaussianHead>(trunk_->features(), latents, sigma))) {}

Gaussian Encoder::forward(const Tensor& x, int64_t data) const {
  return head_->posterior(trunk_->forward(x, data));
}

Discriminator::Discriminator(const Space& space, const Architecture& architecture,
                             const std::vector<int64_t>& code_sizes, const DiscriminatorOptions& options)
    : dropout_(options.dropout),
      mixes_examples_(architecture.mixes_examples(space)),
      trunk_(register_module("trunk", make_trunk(space, architecture))) {
  image_ = register_module("image", std::make_shared<Linear>(trunk_->features(), options.features));
  int64_t together = options.features;
  for (size_t i = 0; i < code_sizes.size(); ++i) {
    codes_.push_back(
        register_module(fmt::format("code{}", i), std::make_shared<Linear>(code_sizes[i], options.features / 2)));
    together += options.features / 2;
  }
  joint_ = register_module("joint", std::make_shared<Linear>(together, options.features));
  head_ = register_module("head", std::make_shared<Linear>(options.features, 1, kPlain));
}

Tensor Discriminator::forward(const Tensor& x, const std::vector<Tensor>& codes, int64_t data) const {
  std::vector<Tensor> groups = {image_->forward(trunk_->forward(x, data))};
  for (size_t i = 0; i < codes.size(); ++i) groups.push_back(codes_.at(i)->forward(codes[i]));
  for (Tensor& group : groups) {
    const Tensor kept = at::rand({group.size(0), 1}, group.options()) >= dropout_;
    group = at::leaky_relu(group, kSlope) * kept;
  }
  return head_->forward(at::leaky_relu(joint_->forward(at::cat(groups, 1)), kSlope)).squeeze(1);
}

}  // namespace refract
