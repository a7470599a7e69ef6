#include "refract/nn/sliced_wasserstein.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/sort.h>
#include <ATen/ops/special_ndtri.h>

namespace refract {

Tensor random_directions(int64_t dimensions, int64_t count, const at::TensorOptions& options) {
  const Tensor drawn = at::randn({dimensions, count}, options);
  return drawn / drawn.norm(2, {0}, true);
}

Tensor sliced_distance_to_normal(const Tensor& codes, const Tensor& directions) {
  const int64_t n = codes.size(0);
  const Tensor sorted = std::get<0>(at::sort(codes.matmul(directions), 0));
  const Tensor quantiles = at::special_ndtri((at::arange(n, codes.options()) + 0.5) / static_cast<double>(n));
  return (sorted - quantiles.unsqueeze(1)).square().mean();
}

}  // namespace refract
