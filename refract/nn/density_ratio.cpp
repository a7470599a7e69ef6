#include "refract/nn/density_ratio.h"

#include <ATen/ops/softplus.h>

namespace refract {

Tensor symmetric_divergence(const Tensor& d) {
  const std::vector<Tensor> halves = d.chunk(2);
  return halves[0].mean() - halves[1].mean();
}

Tensor ratio_loss(const Tensor& d) {
  const std::vector<Tensor> halves = d.chunk(2);
  return 0.5 * (at::softplus(-halves[0]).mean() + at::softplus(halves[1]).mean());
}

}  // namespace refract
