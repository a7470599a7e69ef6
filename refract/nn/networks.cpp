#include "refract/nn/networks.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/leaky_relu.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/tanh.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "refract/core/errors.h"
#include "refract/kernels/leaky_norm.h"

namespace refract {
namespace {

constexpr double kLogVarianceBound = 8;
constexpr double kLogVarianceStart = -2;
constexpr double kLeak = 0.1;  // slope outside [-1, 1]

}  // namespace

int64_t coarsest_size(const ImageShape& shape, const Widths& widths) {
  const auto halvings = static_cast<int64_t>(widths.size());
  const int64_t coarsest = shape.size >> halvings;
  if (halvings < 1 || coarsest < 2 || coarsest << halvings != shape.size)
    throw BadInput(
        fmt::format("Building networks for {0}x{0} images with widths {1}: each width halves the image, which must "
                    "come out even and leave 2 pixels or more. Choose fewer widths or another size.",
                    shape.size, fmt::join(widths, ",")));
  return coarsest;
}

Trunk::Trunk(const ImageShape& shape, const Widths& widths) {
  const int64_t coarsest = coarsest_size(shape, widths);
  features_ = widths.back() * coarsest * coarsest;
  int64_t in = shape.channels;
  for (size_t i = 0; i <= widths.size(); ++i) {
    const int64_t out = i < widths.size() ? widths[i] : widths.back();
    layers_.push_back(register_module(fmt::format("conv{}", i), std::make_shared<Convolution>(in, out)));
    in = out;
  }
}

Tensor Trunk::forward(const Tensor& images) const {
  Tensor x = images.contiguous(at::MemoryFormat::ChannelsLast);
  for (size_t i = 0; i + 1 < layers_.size(); ++i) x = layers_[i]->activated(x, Resample::down);
  return layers_.back()->activated(x).flatten(1);
}

Encoder::Encoder(const ImageShape& shape, const Widths& widths, int64_t latents)
    : trunk_(register_module("trunk", std::make_shared<Trunk>(shape, widths))),
      head_(register_module("head", std::make_shared<Linear>(trunk_->features(), 2 * latents, kPlain))) {
  head_->start_at(latents, 2 * latents, 0.1, kLogVarianceStart);
}

Gaussian Encoder::forward(const Tensor& images) const {
  const std::vector<Tensor> halves = head_->forward(trunk_->forward(images)).chunk(2, 1);
  return {halves[0], kLogVarianceBound * (halves[1] / kLogVarianceBound).tanh()};
}

Generator::Generator(const ImageShape& shape, const Widths& widths, int64_t latents, Output output)
    : coarsest_(coarsest_size(shape, widths)),
      width_(widths.back()),
      output_(output),
      entry_(register_module("entry", std::make_shared<Linear>(latents, width_ * coarsest_ * coarsest_))) {
  int64_t in = width_;
  for (size_t i = 0; i < widths.size(); ++i) {
    const int64_t out = widths[widths.size() - 1 - i];
    layers_.push_back(register_module(fmt::format("conv{}", i), std::make_shared<Convolution>(in, out)));
    in = out;
  }
  exit_ = register_module("exit", std::make_shared<Convolution>(in, shape.channels, kPlain));
}

Tensor Generator::forward(const Tensor& codes) const {
  Tensor x = entry_->forward(codes).view({-1, width_, coarsest_, coarsest_});
  x = leaky_norm(x.contiguous(at::MemoryFormat::ChannelsLast), kSlope);
  for (const auto& layer : layers_) x = layer->activated(x, Resample::up);
  x = exit_->forward(x);
  if (output_ == Output::tanh) return x.tanh();
  return output_ == Output::leaky ? kLeak * x + (1 - kLeak) * x.clamp(-1, 1) : x;
}

Discriminator::Discriminator(const ImageShape& shape, const Widths& widths, const std::vector<int64_t>& code_sizes,
                             const DiscriminatorOptions& options)
    : dropout_(options.dropout), trunk_(register_module("trunk", std::make_shared<Trunk>(shape, widths))) {
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

Tensor Discriminator::forward(const Tensor& images, const std::vector<Tensor>& codes) const {
  std::vector<Tensor> groups = {image_->forward(trunk_->forward(images))};
  for (size_t i = 0; i < codes.size(); ++i) groups.push_back(codes_.at(i)->forward(codes[i]));
  for (Tensor& group : groups) {
    const Tensor kept = at::rand({group.size(0), 1}, group.options()) >= dropout_;
    group = at::leaky_relu(group, kSlope) * kept;
  }
  return head_->forward(at::leaky_relu(joint_->forward(at::cat(groups, 1)), kSlope)).squeeze(1);
}

}  // namespace refract
