// Residual networks that read examples, for classifiers (He et al. 2016, "Identity Mappings in Deep Residual
// Networks").
#pragma once

#include <cstdint>
#include <memory>

#include "refract/data/space.h"
#include "refract/nn/module.h"

namespace refract {

struct ResidualShape {
  int64_t width = 16;  // channels at the picture's resolution; twice and four times as many at the next two
  int64_t blocks = 1;  // of two layers, at each of the three resolutions
};

// Examples [N, sizes...] to features [N, features()].
class ResidualNetwork : public torch::nn::Module {
 public:
  [[nodiscard]] virtual Tensor forward(const Tensor& x) const = 0;
  [[nodiscard]] int64_t features() const { return features_; }

 protected:
  explicit ResidualNetwork(int64_t features) : features_(features) {}

 private:
  int64_t features_;
};

// Features are 4 * width. Pictures of any size: a 3x3 convolution; at each resolution blocks of two 3x3 convolutions,
// batch normalisation and ReLU before each of them; 2x2 means between resolutions; at the end normalisation, ReLU and
// the mean over places. Batch normalisation mixes the examples of a batch in training, which needs two of them. Rows: a
// layer, then 3 * blocks blocks of two layers with LeakyReLU before each of them, without normalisation.
std::shared_ptr<ResidualNetwork> make_residual_network(const Space& space, const ResidualShape& shape);

}  // namespace refract
