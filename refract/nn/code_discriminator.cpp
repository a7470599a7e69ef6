#include "refract/nn/code_discriminator.h"

#include <ATen/ops/leaky_relu.h>
#include <ATen/ops/rand_like.h>
#include <fmt/format.h>

namespace refract {

CodeDiscriminator::CodeDiscriminator(int64_t latents, int64_t layers, int64_t features) {
  int64_t in = latents;
  for (int64_t i = 0; i < layers; ++i) {
    const bool last = i + 1 == layers;
    const auto layer = std::make_shared<Linear>(in, last ? 1 : features, last ? kPlain : kActivated);
    layers_.push_back(register_module(fmt::format("layer{}", i), layer));
    in = features;
  }
}

Tensor CodeDiscriminator::forward(Tensor codes) const {
  for (size_t i = 0; i + 1 < layers_.size(); ++i) codes = at::leaky_relu(layers_[i]->forward(codes), kSlope);
  return layers_.back()->forward(codes).squeeze(1);
}

Tensor permuted_dimensions(const Tensor& codes) {
  return codes.gather(0, at::rand_like(codes).argsort(int64_t{0}, false));
}

}  // namespace refract
