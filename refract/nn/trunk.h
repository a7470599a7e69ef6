// The first layers of every network that reads examples.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "refract/nn/architecture.h"
#include "refract/nn/layers.h"

namespace refract {

// Examples [N, sizes...], with `conditions` more channels or columns, to features [N, features()].
class Trunk : public torch::nn::Module {
 public:
  // The first `data` examples of a batch are data: no gradient is found for them, which saves time. `added`, for the
  // first layers in turn, is a number for each map of each example, [N, maps()[layer]]. It joins what the layer gives
  // where that is one operation with its activation (pooled, strided), and what comes before the activation elsewhere.
  [[nodiscard]] virtual Tensor forward(const Tensor& x, int64_t data = 0,
                                       const std::vector<Tensor>& added = {}) const = 0;
  [[nodiscard]] int64_t features() const { return features_; }
  [[nodiscard]] const Widths& maps() const { return maps_; }  // of each layer: channels, or features of a dense one

 protected:
  Trunk(int64_t features, Widths maps) : features_(features), maps_(std::move(maps)) {}

 private:
  int64_t features_;
  Widths maps_;
};

// Features are last width * coarsest height * coarsest width where pooled or normed, `hidden` where strided, the last
// of `dense_widths` where dense. Throws as coarsest_extent.
std::shared_ptr<Trunk> make_trunk(const Space& space, const Architecture& architecture, int64_t conditions = 0);

// x with the conditions [N, K] of each example beside it: K constant channels of a picture, K columns of a row.
Tensor with_conditions(const Tensor& x, const Tensor& conditions);

}  // namespace refract
