#include "refract/nn/trunk.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/leaky_relu.h>
#include <fmt/format.h>

namespace refract {
namespace {

constexpr double kStridedSlope = 0.1;  // where strided networks have LeakyReLU
constexpr double kRelu = 0;            // elsewhere: its slope

int64_t pooled_features(const Space& space, const Widths& widths) {
  const Extent coarsest = coarsest_extent(space, widths);
  return widths.back() * coarsest.height * coarsest.width;
}

class PooledTrunk : public Trunk {
 public:
  PooledTrunk(const Space& space, const Widths& widths, int64_t conditions) : Trunk(pooled_features(space, widths)) {
    int64_t in = space.channels() + conditions;
    for (size_t i = 0; i <= widths.size(); ++i) {
      const int64_t out = i < widths.size() ? widths[i] : widths.back();
      layers_.push_back(register_module(fmt::format("conv{}", i), std::make_shared<Convolution>(in, out)));
      in = out;
    }
  }

  [[nodiscard]] Tensor forward(const Tensor& images, int64_t data) const override {
    Tensor x = images.contiguous(at::MemoryFormat::ChannelsLast);
    for (size_t i = 0; i + 1 < layers_.size(); ++i) x = layers_[i]->activated(x, Resample::down, i == 0 ? data : 0);
    return layers_.back()->activated(x).flatten(1);
  }

 private:
  std::vector<std::shared_ptr<Convolution>> layers_;
};

class StridedTrunk : public Trunk {
 public:
  StridedTrunk(const Space& space, const Architecture& architecture, int64_t conditions) : Trunk(architecture.hidden) {
    int64_t in = space.channels() + conditions;
    for (const int64_t out : architecture.widths) {
      const std::string name = fmt::format("conv{}", layers_.size());
      layers_.push_back(register_module(name, std::make_shared<StridedConvolution>(in, out)));
      in = out;
    }
    hidden_ = register_module(
        "hidden", std::make_shared<Linear>(pooled_features(space, architecture.widths), features(), kDefault));
  }

  [[nodiscard]] Tensor forward(const Tensor& images, int64_t /*data*/) const override {
    Tensor x = images.contiguous(at::MemoryFormat::ChannelsLast);
    for (size_t i = 0; i + 1 < layers_.size(); ++i) x = layers_[i]->activated(x, kRelu);
    x = layers_.back()->activated(x, kStridedSlope);
    return at::leaky_relu(hidden_->forward(x.flatten(1)), kStridedSlope);
  }

 private:
  std::vector<std::shared_ptr<StridedConvolution>> layers_;
  std::shared_ptr<Linear> hidden_;
};

class DenseTrunk : public Trunk {
 public:
  DenseTrunk(const Space& space, const Widths& widths, int64_t conditions) : Trunk(widths.back()) {
    int64_t in = space.numel() + conditions * space.height() * (space.is_picture() ? space.width() : 1);
    for (const int64_t out : widths) {
      layers_.push_back(register_module(fmt::format("dense{}", layers_.size()), std::make_shared<Linear>(in, out)));
      in = out;
    }
  }

  [[nodiscard]] Tensor forward(const Tensor& examples, int64_t /*data*/) const override {
    Tensor x = examples.flatten(1);
    for (const auto& layer : layers_) x = at::leaky_relu(layer->forward(x), kSlope);
    return x;
  }

 private:
  std::vector<std::shared_ptr<Linear>> layers_;
};

}  // namespace

std::shared_ptr<Trunk> make_trunk(const Space& space, const Architecture& architecture, int64_t conditions) {
  switch (architecture.style_for(space)) {
    case Architecture::Style::dense:
      return std::make_shared<DenseTrunk>(space, dense_widths_of(architecture), conditions);
    case Architecture::Style::strided:
      return std::make_shared<StridedTrunk>(space, architecture, conditions);
    case Architecture::Style::pooled:
      break;
  }
  return std::make_shared<PooledTrunk>(space, architecture.widths, conditions);
}

Tensor with_conditions(const Tensor& x, const Tensor& conditions) {
  if (x.dim() == 2) return at::cat({x, conditions}, 1);
  const Tensor planes = conditions.unsqueeze(2).unsqueeze(3);
  return at::cat({x, planes.expand({-1, -1, x.size(2), x.size(3)})}, 1);
}

}  // namespace refract
