#include "refract/nn/generator.h"

#include <ATen/ops/leaky_relu.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/tanh.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <numeric>

#include "refract/core/errors.h"
#include "refract/kernels/leaky_norm.h"
#include "refract/nn/normed.h"

namespace refract {
namespace {

constexpr double kLeak = 0.1;  // slope outside [-1, 1]

class PooledGenerator : public Generator {
 public:
  PooledGenerator(const Space& space, const Widths& widths, int64_t latents, Output output)
      : Generator(output), coarsest_(coarsest_extent(space, widths)), width_(widths.back()) {
    entry_ = register_module("entry", std::make_shared<Linear>(latents, width_ * coarsest_.height * coarsest_.width));
    int64_t in = width_;
    for (size_t i = 0; i < widths.size(); ++i) {
      const int64_t out = widths[widths.size() - 1 - i];
      layers_.push_back(register_module(fmt::format("conv{}", i), std::make_shared<Convolution>(in, out)));
      in = out;
    }
    exit_ = register_module("exit", std::make_shared<Convolution>(in, space.channels(), kPlain));
  }

 private:
  [[nodiscard]] Tensor made(const Tensor& codes) const override {
    Tensor x = entry_->forward(codes).view({-1, width_, coarsest_.height, coarsest_.width});
    x = leaky_norm(x.contiguous(at::MemoryFormat::ChannelsLast), kSlope);
    for (const auto& layer : layers_) x = layer->activated(x, Resample::up);
    return exit_->forward(x);
  }
  [[nodiscard]] Linear& first() override { return *entry_; }

  Extent coarsest_;
  int64_t width_;
  std::shared_ptr<Linear> entry_;
  std::vector<std::shared_ptr<Convolution>> layers_;
  std::shared_ptr<Convolution> exit_;
};

class StridedGenerator : public Generator {
 public:
  StridedGenerator(const Space& space, const Architecture& architecture, int64_t latents, Output output)
      : Generator(output),
        coarsest_(coarsest_extent(space, architecture.widths)),
        width_(architecture.widths.back()),
        hidden_(register_module("hidden", std::make_shared<Linear>(latents, architecture.hidden, kDefault))),
        entry_(register_module(
            "entry",
            std::make_shared<Linear>(architecture.hidden, width_ * coarsest_.height * coarsest_.width, kDefault))) {
    Widths outputs = inner_widths(architecture);
    outputs.push_back(space.channels());
    int64_t in = width_;
    for (const int64_t out : outputs) {
      const std::string name = fmt::format("conv{}", layers_.size());
      layers_.push_back(register_module(name, std::make_shared<TransposedConvolution>(in, out)));
      in = out;
    }
  }

 private:
  static Widths inner_widths(const Architecture& architecture) {
    const Widths& widths = architecture.widths;
    if (architecture.generator_widths.empty()) return {widths.rbegin() + 1, widths.rend()};
    if (architecture.generator_widths.size() + 1 == widths.size()) return architecture.generator_widths;
    throw BadInput(fmt::format(
        "Building a generator with generator_widths {}: it has {} transposed convolutions and expects {} widths, "
        "because the last one makes the image. Give that many, or none to reverse those of the encoder.",
        fmt::join(architecture.generator_widths, ","), widths.size(), widths.size() - 1));
  }

  [[nodiscard]] Tensor made(const Tensor& codes) const override {
    Tensor x = at::relu(entry_->forward(at::relu(hidden_->forward(codes))));
    x = x.view({-1, width_, coarsest_.height, coarsest_.width}).contiguous(at::MemoryFormat::ChannelsLast);
    for (size_t i = 0; i + 1 < layers_.size(); ++i) x = layers_[i]->activated(x, kRelu);
    return layers_.back()->forward(x);
  }
  [[nodiscard]] Linear& first() override { return *hidden_; }

  Extent coarsest_;
  int64_t width_;
  std::shared_ptr<Linear> hidden_, entry_;
  std::vector<std::shared_ptr<TransposedConvolution>> layers_;
};

// The codes' layer goes into the first transposed convolution as it is; the last layer has no normalisation.
class NormedGenerator : public Generator {
 public:
  NormedGenerator(const Space& space, const Architecture& architecture, int64_t latents, Output output)
      : Generator(output),
        coarsest_(coarsest_extent(space, architecture.widths)),
        width_(architecture.widths.back()),
        slope_(architecture.slope),
        entry_(register_module(
            "entry", std::make_shared<Linear>(latents, width_ * coarsest_.height * coarsest_.width, kDefault))) {
    std::vector<NormedLayer> layers = mirrored(normed_layers(architecture, space.channels()));
    const NormedLayer last = layers.back();
    layers.pop_back();
    for (const NormedLayer& layer : layers) {
      const std::string name = fmt::format("conv{}", layers_.size());
      layers_.push_back(register_module(name, std::make_shared<NormedConvolution>(layer.in, layer.out, layer.kernel)));
    }
    exit_ = register_module("exit", std::make_shared<KernelConvolution>(last.in, last.out, last.kernel, true));
  }

 private:
  [[nodiscard]] Tensor made(const Tensor& codes) const override {
    Tensor x = entry_->forward(codes).view({-1, width_, coarsest_.height, coarsest_.width});
    x = x.contiguous(at::MemoryFormat::ChannelsLast);
    for (const auto& layer : layers_) x = layer->activated(x, slope_);
    return exit_->forward(x);
  }
  [[nodiscard]] Linear& first() override { return *entry_; }

  Extent coarsest_;
  int64_t width_;
  double slope_;
  std::shared_ptr<Linear> entry_;
  std::vector<std::shared_ptr<NormedConvolution>> layers_;
  std::shared_ptr<KernelConvolution> exit_;
};

class DenseGenerator : public Generator {
 public:
  DenseGenerator(const Space& space, const Widths& widths, int64_t latents, Output output)
      : Generator(output), sizes_(space.batch(-1)) {
    int64_t in = latents;
    for (const int64_t width : Widths(widths.rbegin(), widths.rend())) {
      layers_.push_back(register_module(fmt::format("dense{}", layers_.size()), std::make_shared<Linear>(in, width)));
      in = width;
    }
    exit_ = register_module("exit", std::make_shared<Linear>(in, space.numel(), kPlain));
  }

 private:
  [[nodiscard]] Tensor made(const Tensor& codes) const override {
    Tensor x = codes;
    for (const auto& layer : layers_) x = at::leaky_relu(layer->forward(x), kSlope);
    return exit_->forward(x).view(sizes_);
  }
  [[nodiscard]] Linear& first() override { return *layers_.front(); }

  std::vector<int64_t> sizes_;
  std::vector<std::shared_ptr<Linear>> layers_;
  std::shared_ptr<Linear> exit_;
};

}  // namespace

Tensor Generator::forward(const Tensor& codes) const {
  const Tensor x = made(codes);
  if (output_ == Output::tanh) return x.tanh();
  return output_ == Output::leaky ? kLeak * x + (1 - kLeak) * x.clamp(-1, 1) : x;
}

void Generator::balance(const std::vector<int64_t>& dimensions) {
  const auto all = static_cast<double>(std::accumulate(dimensions.begin(), dimensions.end(), int64_t{0}));
  const auto parts = static_cast<double>(dimensions.size());
  int64_t from = 0;
  for (const int64_t size : dimensions) {
    first().scale_inputs(from, from + size, std::sqrt(all / (parts * static_cast<double>(size))));
    from += size;
  }
}

std::shared_ptr<Generator> make_generator(const Space& space, const Architecture& architecture, int64_t latents,
                                          Output output) {
  switch (architecture.style_for(space)) {
    case Architecture::Style::dense:
      return std::make_shared<DenseGenerator>(space, dense_widths_of(architecture), latents, output);
    case Architecture::Style::strided:
      return std::make_shared<StridedGenerator>(space, architecture, latents, output);
    case Architecture::Style::normed5:
    case Architecture::Style::normed3:
      return std::make_shared<NormedGenerator>(space, architecture, latents, output);
    case Architecture::Style::pooled:
      break;
  }
  return std::make_shared<PooledGenerator>(space, architecture.widths, latents, output);
}

}  // namespace refract
