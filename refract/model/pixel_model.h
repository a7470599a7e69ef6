// Raw pixels as a representation, for tables that say what a linear reader finds in the images themselves.
#pragma once

#include "refract/model/model.h"

namespace refract {

class PixelModel : public Model {
 public:
  explicit PixelModel(const ImageShape& shape)
      : shape_(shape), blocks_{{"pixels", shape.channels * shape.size * shape.size, Role::whole}} {}

  [[nodiscard]] ImageShape shape() const override { return shape_; }
  [[nodiscard]] const std::vector<Block>& blocks() const override { return blocks_; }
  [[nodiscard]] Codes encode(const Tensor& images) const override { return {images.flatten(1)}; }
  [[nodiscard]] Tensor decode(const Codes& codes) const override {
    return codes.at(0).view({-1, shape_.channels, shape_.size, shape_.size}).clamp(-1, 1);
  }

 private:
  ImageShape shape_;
  std::vector<Block> blocks_;
};

}  // namespace refract
