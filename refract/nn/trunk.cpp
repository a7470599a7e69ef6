#include "refract/nn/trunk.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/leaky_relu.h>
#include <fmt/format.h>

#include "refract/nn/normed.h"

namespace refract {
namespace {

constexpr double kStridedSlope = 0.1;  // where strided networks have LeakyReLU

int64_t pooled_features(const Space& space, const Widths& widths) {
  const Extent coarsest = coarsest_extent(space, widths);
  return widths.back() * coarsest.height * coarsest.width;
}

Tensor added_to(size_t layer, const std::vector<Tensor>& added) {
  return layer < added.size() ? added[layer] : Tensor();
}

class PooledTrunk : public Trunk {
 public:
  PooledTrunk(const Space& space, const Widths& widths, int64_t conditions)
      : Trunk(pooled_features(space, widths), maps_of(widths)) {
    int64_t in = space.channels() + conditions;
    for (const int64_t out : maps()) {
      const std::string name = fmt::format("conv{}", layers_.size());
      layers_.push_back(register_module(name, std::make_shared<Convolution>(in, out)));
      in = out;
    }
  }

  [[nodiscard]] Tensor forward(const Tensor& images, int64_t data, const std::vector<Tensor>& added) const override {
    Tensor x = images.contiguous(at::MemoryFormat::ChannelsLast);
    for (size_t i = 0; i < layers_.size(); ++i) {
      const Resample resample = i + 1 < layers_.size() ? Resample::down : Resample::none;
      x = with_added(layers_[i]->activated(x, resample, i == 0 ? data : 0), added_to(i, added));
    }
    return x.flatten(1);
  }

 private:
  // After the last pooling one more layer.
  static Widths maps_of(Widths widths) {
    if (!widths.empty()) widths.push_back(widths.back());
    return widths;
  }

  std::vector<std::shared_ptr<Convolution>> layers_;
};

class StridedTrunk : public Trunk {
 public:
  StridedTrunk(const Space& space, const Architecture& architecture, int64_t conditions)
      : Trunk(architecture.hidden, architecture.widths) {
    int64_t in = space.channels() + conditions;
    for (const int64_t out : architecture.widths) {
      const std::string name = fmt::format("conv{}", layers_.size());
      layers_.push_back(register_module(name, std::make_shared<StridedConvolution>(in, out)));
      in = out;
    }
    hidden_ = register_module(
        "hidden", std::make_shared<Linear>(pooled_features(space, architecture.widths), features(), kDefault));
  }

  [[nodiscard]] Tensor forward(const Tensor& images, int64_t /*data*/,
                               const std::vector<Tensor>& added) const override {
    Tensor x = images.contiguous(at::MemoryFormat::ChannelsLast);
    for (size_t i = 0; i < layers_.size(); ++i) {
      const double slope = i + 1 < layers_.size() ? kRelu : kStridedSlope;
      x = with_added(layers_[i]->activated(x, slope), added_to(i, added));
    }
    return at::leaky_relu(hidden_->forward(x.flatten(1)), kStridedSlope);
  }

 private:
  std::vector<std::shared_ptr<StridedConvolution>> layers_;
  std::shared_ptr<Linear> hidden_;
};

class NormedTrunk : public Trunk {
 public:
  NormedTrunk(const Space& space, const Architecture& architecture, int64_t conditions)
      : Trunk(pooled_features(space, architecture.widths), maps_of(architecture)), slope_(architecture.slope) {
    for (const NormedLayer& layer : normed_layers(architecture, space.channels() + conditions)) {
      const std::string name = fmt::format("conv{}", layers_.size());
      layers_.push_back(register_module(name, std::make_shared<NormedConvolution>(layer.in, layer.out, layer.kernel)));
    }
  }

  [[nodiscard]] Tensor forward(const Tensor& images, int64_t /*data*/,
                               const std::vector<Tensor>& added) const override {
    Tensor x = images.contiguous(at::MemoryFormat::ChannelsLast);
    for (size_t i = 0; i < layers_.size(); ++i) x = layers_[i]->activated(x, slope_, added_to(i, added));
    return x.flatten(1);
  }

 private:
  static Widths maps_of(const Architecture& architecture) {
    Widths maps;
    for (const NormedLayer& layer : normed_layers(architecture, 1)) maps.push_back(layer.out);
    return maps;
  }

  double slope_;
  std::vector<std::shared_ptr<NormedConvolution>> layers_;
};

class DenseTrunk : public Trunk {
 public:
  DenseTrunk(const Space& space, const Widths& widths, int64_t conditions) : Trunk(widths.back(), widths) {
    int64_t in = space.numel() + conditions * space.height() * (space.is_picture() ? space.width() : 1);
    for (const int64_t out : widths) {
      layers_.push_back(register_module(fmt::format("dense{}", layers_.size()), std::make_shared<Linear>(in, out)));
      in = out;
    }
  }

  [[nodiscard]] Tensor forward(const Tensor& examples, int64_t /*data*/,
                               const std::vector<Tensor>& added) const override {
    Tensor x = examples.flatten(1);
    for (size_t i = 0; i < layers_.size(); ++i)
      x = at::leaky_relu(with_added(layers_[i]->forward(x), added_to(i, added)), kSlope);
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
    case Architecture::Style::normed5:
    case Architecture::Style::normed3:
      return std::make_shared<NormedTrunk>(space, architecture, conditions);
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
