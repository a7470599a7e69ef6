#include "refract/nn/networks.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/leaky_relu.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/tanh.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "refract/core/errors.h"
#include "refract/kernels/leaky_norm.h"

namespace refract {
namespace {

constexpr double kLogVarianceStart = -2;
constexpr double kLeak = 0.1;          // slope outside [-1, 1]
constexpr double kStridedSlope = 0.1;  // where strided networks have LeakyReLU
constexpr double kRelu = 0;            // elsewhere: its slope

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

Trunk::Trunk(const ImageShape& shape, const Architecture& architecture) {
  if (architecture.style == Architecture::Style::strided)
    build_strided(shape, architecture);
  else
    build_pooled(shape, architecture.widths);
}

void Trunk::build_pooled(const ImageShape& shape, const Widths& widths) {
  const int64_t coarsest = coarsest_size(shape, widths);
  features_ = widths.back() * coarsest * coarsest;
  int64_t in = shape.channels;
  for (size_t i = 0; i <= widths.size(); ++i) {
    const int64_t out = i < widths.size() ? widths[i] : widths.back();
    layers_.push_back(register_module(fmt::format("conv{}", i), std::make_shared<Convolution>(in, out)));
    in = out;
  }
}

void Trunk::build_strided(const ImageShape& shape, const Architecture& architecture) {
  const int64_t coarsest = coarsest_size(shape, architecture.widths);
  int64_t in = shape.channels;
  for (const int64_t out : architecture.widths) {
    const std::string name = fmt::format("conv{}", strided_.size());
    strided_.push_back(register_module(name, std::make_shared<StridedConvolution>(in, out)));
    in = out;
  }
  features_ = architecture.hidden;
  hidden_ = register_module("hidden", std::make_shared<Linear>(in * coarsest * coarsest, features_, kDefault));
}

Tensor Trunk::forward(const Tensor& images, int64_t data) const {
  return hidden_ ? strided(images) : pooled(images, data);
}

Tensor Trunk::pooled(const Tensor& images, int64_t data) const {
  Tensor x = images.contiguous(at::MemoryFormat::ChannelsLast);
  for (size_t i = 0; i + 1 < layers_.size(); ++i) x = layers_[i]->activated(x, Resample::down, i == 0 ? data : 0);
  return layers_.back()->activated(x).flatten(1);
}

Tensor Trunk::strided(const Tensor& images) const {
  Tensor x = images.contiguous(at::MemoryFormat::ChannelsLast);
  for (size_t i = 0; i + 1 < strided_.size(); ++i) x = strided_[i]->activated(x, kRelu);
  x = strided_.back()->activated(x, kStridedSlope);
  return at::leaky_relu(hidden_->forward(x.flatten(1)), kStridedSlope);
}

Encoder::Encoder(const ImageShape& shape, const Architecture& architecture, int64_t latents)
    : trunk_(register_module("trunk", std::make_shared<Trunk>(shape, architecture))),
      head_(register_module("head", std::make_shared<Linear>(trunk_->features(), 2 * latents, kPlain))) {
  head_->start_at(latents, 2 * latents, 0.1, kLogVarianceStart);
}

Gaussian Encoder::forward(const Tensor& images, int64_t data) const {
  return bounded_gaussian(head_->forward(trunk_->forward(images, data)));
}

Generator::Generator(const ImageShape& shape, const Architecture& architecture, int64_t latents, Output output)
    : coarsest_(coarsest_size(shape, architecture.widths)), width_(architecture.widths.back()), output_(output) {
  if (architecture.style == Architecture::Style::strided)
    build_strided(shape, architecture, latents);
  else
    build_pooled(shape, architecture.widths, latents);
}

void Generator::build_pooled(const ImageShape& shape, const Widths& widths, int64_t latents) {
  entry_ = register_module("entry", std::make_shared<Linear>(latents, width_ * coarsest_ * coarsest_));
  int64_t in = width_;
  for (size_t i = 0; i < widths.size(); ++i) {
    const int64_t out = widths[widths.size() - 1 - i];
    layers_.push_back(register_module(fmt::format("conv{}", i), std::make_shared<Convolution>(in, out)));
    in = out;
  }
  exit_ = register_module("exit", std::make_shared<Convolution>(in, shape.channels, kPlain));
}

void Generator::build_strided(const ImageShape& shape, const Architecture& architecture, int64_t latents) {
  Widths outputs = architecture.generator_widths;
  if (outputs.empty()) outputs.assign(architecture.widths.rbegin() + 1, architecture.widths.rend());
  if (outputs.size() + 1 != architecture.widths.size())
    throw BadInput(
        fmt::format("Building a generator with generator_widths {}: the last of its {} transposed convolutions makes "
                    "the image, so that {} widths are expected. Give so many, or none for those of the encoder.",
                    fmt::join(outputs, ","), architecture.widths.size(), architecture.widths.size() - 1));
  outputs.push_back(shape.channels);
  hidden_ = register_module("hidden", std::make_shared<Linear>(latents, architecture.hidden, kDefault));
  entry_ =
      register_module("entry", std::make_shared<Linear>(architecture.hidden, width_ * coarsest_ * coarsest_, kDefault));
  int64_t in = width_;
  for (const int64_t out : outputs) {
    const std::string name = fmt::format("conv{}", transposed_.size());
    transposed_.push_back(register_module(name, std::make_shared<TransposedConvolution>(in, out)));
    in = out;
  }
}

Tensor Generator::forward(const Tensor& codes) const {
  const Tensor x = hidden_ ? strided(codes) : pooled(codes);
  if (output_ == Output::tanh) return x.tanh();
  return output_ == Output::leaky ? kLeak * x + (1 - kLeak) * x.clamp(-1, 1) : x;
}

Tensor Generator::pooled(const Tensor& codes) const {
  Tensor x = entry_->forward(codes).view({-1, width_, coarsest_, coarsest_});
  x = leaky_norm(x.contiguous(at::MemoryFormat::ChannelsLast), kSlope);
  for (const auto& layer : layers_) x = layer->activated(x, Resample::up);
  return exit_->forward(x);
}

Tensor Generator::strided(const Tensor& codes) const {
  Tensor x = at::relu(entry_->forward(at::relu(hidden_->forward(codes)))).view({-1, width_, coarsest_, coarsest_});
  x = x.contiguous(at::MemoryFormat::ChannelsLast);
  for (size_t i = 0; i + 1 < transposed_.size(); ++i) x = transposed_[i]->activated(x, kRelu);
  return transposed_.back()->forward(x);
}

Discriminator::Discriminator(const ImageShape& shape, const Architecture& architecture,
                             const std::vector<int64_t>& code_sizes, const DiscriminatorOptions& options)
    : dropout_(options.dropout), trunk_(register_module("trunk", std::make_shared<Trunk>(shape, architecture))) {
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

Tensor Discriminator::forward(const Tensor& images, const std::vector<Tensor>& codes, int64_t data) const {
  std::vector<Tensor> groups = {image_->forward(trunk_->forward(images, data))};
  for (size_t i = 0; i < codes.size(); ++i) groups.push_back(codes_.at(i)->forward(codes[i]));
  for (Tensor& group : groups) {
    const Tensor kept = at::rand({group.size(0), 1}, group.options()) >= dropout_;
    group = at::leaky_relu(group, kSlope) * kept;
  }
  return head_->forward(at::leaky_relu(joint_->forward(at::cat(groups, 1)), kSlope)).squeeze(1);
}

}  // namespace refract
