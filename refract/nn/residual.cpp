#include "refract/nn/residual.h"

#include <ATen/ops/avg_pool2d.h>
#include <ATen/ops/leaky_relu.h>
#include <fmt/format.h>

#include <vector>

#include "refract/nn/normed.h"

namespace refract {
namespace {

constexpr int64_t kResolutions = 3;

// [N, in, H, W] to [N, out, H, W].
class PictureBlock : public torch::nn::Module {
 public:
  PictureBlock(int64_t in, int64_t out)
      : norm1_(register_module("norm1", std::make_shared<BatchNorm>(in))),
        norm2_(register_module("norm2", std::make_shared<BatchNorm>(out))),
        conv1_(register_module("conv1", std::make_shared<KernelConvolution>(in, out, Kernel{3}, false))),
        conv2_(register_module("conv2", std::make_shared<KernelConvolution>(out, out, Kernel{3}, false))) {
    if (in != out)
      shortcut_ = register_module("shortcut", std::make_shared<KernelConvolution>(in, out, Kernel{1}, false));
  }

  [[nodiscard]] Tensor forward(const Tensor& x) const {
    const Tensor hidden = conv1_->forward(norm1_->forward(x).relu());
    const Tensor change = conv2_->forward(norm2_->forward(hidden).relu());
    return (shortcut_ ? shortcut_->forward(x) : x) + change;
  }

 private:
  std::shared_ptr<BatchNorm> norm1_, norm2_;
  std::shared_ptr<KernelConvolution> conv1_, conv2_, shortcut_;
};

class PictureResidual : public ResidualNetwork {
 public:
  PictureResidual(const Space& space, const ResidualShape& shape)
      : ResidualNetwork(shape.width << (kResolutions - 1)),
        first_(register_module("first",
                               std::make_shared<KernelConvolution>(space.channels(), shape.width, Kernel{3}, false))),
        norm_(register_module("norm", std::make_shared<BatchNorm>(features()))) {
    int64_t in = shape.width;
    for (int64_t resolution = 0; resolution < kResolutions; ++resolution) {
      const int64_t out = shape.width << resolution;
      std::vector<std::shared_ptr<PictureBlock>> blocks;
      for (int64_t block = 0; block < shape.blocks; ++block) {
        blocks.push_back(
            register_module(fmt::format("block{}_{}", resolution, block), std::make_shared<PictureBlock>(in, out)));
        in = out;
      }
      resolutions_.push_back(std::move(blocks));
    }
  }

  [[nodiscard]] Tensor forward(const Tensor& images) const override {
    Tensor x = first_->forward(images.contiguous(at::MemoryFormat::ChannelsLast));
    for (size_t resolution = 0; resolution < resolutions_.size(); ++resolution) {
      if (resolution > 0)
        x = at::avg_pool2d(x, {2, 2}, {2, 2}, {0, 0}, /*ceil_mode=*/true, /*count_include_pad=*/false);
      for (const auto& block : resolutions_[resolution]) x = block->forward(x);
    }
    return norm_->forward(x).relu().mean({2, 3});
  }

 private:
  std::shared_ptr<KernelConvolution> first_;
  std::shared_ptr<BatchNorm> norm_;
  std::vector<std::vector<std::shared_ptr<PictureBlock>>> resolutions_;
};

// [N, features] to [N, features].
class RowBlock : public torch::nn::Module {
 public:
  explicit RowBlock(int64_t features)
      : layer1_(register_module("layer1", std::make_shared<Linear>(features, features))),
        layer2_(register_module("layer2", std::make_shared<Linear>(features, features))) {
    layer2_->start_at(0, features, 0.1, 0);  // near the identity: nothing else keeps the scale through many blocks
  }

  [[nodiscard]] Tensor forward(const Tensor& x) const {
    return x + layer2_->forward(at::leaky_relu(layer1_->forward(at::leaky_relu(x, kSlope)), kSlope));
  }

 private:
  std::shared_ptr<Linear> layer1_, layer2_;
};

class RowResidual : public ResidualNetwork {
 public:
  RowResidual(const Space& space, const ResidualShape& shape)
      : ResidualNetwork(shape.width << (kResolutions - 1)),
        first_(register_module("first", std::make_shared<Linear>(space.numel(), features(), kPlain))) {
    for (int64_t block = 0; block < kResolutions * shape.blocks; ++block)
      blocks_.push_back(register_module(fmt::format("block{}", block), std::make_shared<RowBlock>(features())));
  }

  [[nodiscard]] Tensor forward(const Tensor& rows) const override {
    Tensor x = first_->forward(rows.flatten(1));
    for (const auto& block : blocks_) x = block->forward(x);
    return at::leaky_relu(x, kSlope);
  }

 private:
  std::shared_ptr<Linear> first_;
  std::vector<std::shared_ptr<RowBlock>> blocks_;
};

}  // namespace

std::shared_ptr<ResidualNetwork> make_residual_network(const Space& space, const ResidualShape& shape) {
  if (space.is_picture()) return std::make_shared<PictureResidual>(space, shape);
  return std::make_shared<RowResidual>(space, shape);
}

}  // namespace refract
