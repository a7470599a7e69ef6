#include "refract/nn/projection_discriminator.h"

#include <ATen/ops/leaky_relu.h>
#include <ATen/ops/randn.h>
#include <fmt/format.h>

#include <cmath>

namespace refract {
namespace {

constexpr double kVerdictSlope = 0.1;  // of LeakyReLU, as in Miyato et al. 2018

}  // namespace

ProjectionDiscriminator::ProjectionDiscriminator(const Space& space, Architecture architecture, const Shape& shape) {
  if (!shape.widths.empty()) architecture.widths = shape.widths;
  int64_t in = space.channels();
  if (architecture.style_for(space) == Architecture::Style::dense) {
    in = space.numel();
    for (const int64_t out : dense_widths_of(architecture)) {
      const std::string name = fmt::format("dense{}", dense_.size());
      dense_.push_back(register_module(name, std::make_shared<SpectralLinear>(in, out)));
      in = out;
    }
  } else {
    coarsest_extent(space, architecture.widths);
    const auto add = [&](int64_t out, bool halves) {
      const std::string name = fmt::format("conv{}", convolutions_.size());
      convolutions_.push_back(register_module(name, std::make_shared<SpectralConvolution>(in, out, halves)));
      in = out;
    };
    for (const int64_t out : architecture.widths) {
      if (shape.depth > 1) add(out, false);
      add(out, true);
    }
  }
  head_ = register_module("head", std::make_shared<SpectralLinear>(in, 1));
  const Tensor projection = at::randn({shape.classes, in}) / std::sqrt(static_cast<double>(in));
  labels_ = register_module("labels", std::make_shared<SpectralWeight>(projection));
}

Tensor ProjectionDiscriminator::features(const Tensor& x) const {
  if (convolutions_.empty()) {
    Tensor h = x.flatten(1);
    for (const auto& layer : dense_) h = at::leaky_relu(layer->forward(h), kVerdictSlope);
    return h;
  }
  Tensor h = x.contiguous(at::MemoryFormat::ChannelsLast);
  for (const auto& layer : convolutions_) h = layer->activated(h, kVerdictSlope);
  return h.sum({2, 3});
}

Tensor ProjectionDiscriminator::forward(const Tensor& x, const Tensor& classes) const {
  const Tensor phi = features(x);
  return head_->forward(phi).squeeze(1) + (classes.matmul(labels_->normalised()) * phi).sum(1);
}

}  // namespace refract
