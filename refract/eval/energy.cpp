#include "refract/eval/energy.h"

#include <ATen/ops/cdist.h>

#include <limits>

namespace refract {
namespace {

// Of all pairs, a slice at a time, each difference by itself: matrix products would lose the small ones.
double summed_distance(const Tensor& x, const Tensor& y) {
  constexpr int64_t slice = 250;
  constexpr int64_t without_products = 2;
  double sum = 0;
  for (const Tensor& some : x.split(slice)) sum += at::cdist(some, y, 2, without_products).sum().item<double>();
  return sum;
}

double mean_within(const Tensor& x) {
  const auto count = static_cast<double>(x.size(0));
  return summed_distance(x, x) / (count * (count - 1));
}

}  // namespace

double energy_distance(const Tensor& x, const Tensor& y) {
  if (x.size(0) < 2 || y.size(0) < 2) return std::numeric_limits<double>::quiet_NaN();
  const Tensor one = x.to(at::kDouble), other = y.to(at::kDouble);
  const double between = summed_distance(one, other) / static_cast<double>(x.size(0) * y.size(0));
  return 2 * between - mean_within(one) - mean_within(other);
}

}  // namespace refract
