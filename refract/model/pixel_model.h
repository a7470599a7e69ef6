// Raw pixels as a representation, for tables that say what a linear reader finds in the images themselves.
#pragma once

#include "refract/model/model.h"

namespace refract {

class PixelModel : public Model {
 public:
  explicit PixelModel(const Space& space) : space_(space), blocks_{{"pixels", space.numel(), Role::whole}} {}

  [[nodiscard]] const Space& space() const override { return space_; }
  [[nodiscard]] const std::vector<Block>& blocks() const override { return blocks_; }
  [[nodiscard]] Codes encode(const Examples& examples) const override { return {examples.x.flatten(1)}; }
  [[nodiscard]] Tensor decode(const Codes& codes) const override {
    const Tensor x = codes.at(0).view(space_.batch(-1));
    return space_.values == Values::pixels ? x.clamp(-1, 1) : x;
  }

 private:
  Space space_;
  std::vector<Block> blocks_;
};

}  // namespace refract
