// The first layers of every network that reads examples.
#pragma once

#include <memory>

#include "refract/nn/architecture.h"
#include "refract/nn/layers.h"

namespace refract {

// Examples [N, sizes...], with `conditions` more channels or columns, to features [N, features()].
class Trunk : public torch::nn::Module {
 public:
  // The first `data` examples of a batch are data: no gradient is found for them, which saves time.
  [[nodiscard]] virtual Tensor forward(const Tensor& x, int64_t data = 0) const = 0;
  [[nodiscard]] int64_t features() const { return features_; }

 protected:
  explicit Trunk(int64_t features) : features_(features) {}

 private:
  int64_t features_;
};

// Features are last width * coarsest height * coarsest width where pooled, `hidden` where strided, the last of
// `dense_widths` where dense. Throws as coarsest_extent.
std::shared_ptr<Trunk> make_trunk(const Space& space, const Architecture& architecture, int64_t conditions = 0);

// x with the conditions [N, K] of each example beside it: K constant channels of a picture, K columns of a row.
Tensor with_conditions(const Tensor& x, const Tensor& conditions);

}  // namespace refract
