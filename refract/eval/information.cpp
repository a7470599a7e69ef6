#include "refract/eval/information.h"

#include <ATen/ops/bincount.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/xlogy.h>

namespace refract {
namespace {

// -sum p log p of the parts of a whole; a part of 0 adds nothing.
Tensor entropy(const Tensor& counts) {
  const Tensor parts = counts.to(at::kDouble) / counts.sum();
  return -at::xlogy(parts, parts).sum();
}

Tensor entropy_of(const Tensor& classes) {
  return entropy(at::bincount(classes));
}

}  // namespace

Tensor histogram_bins(const Tensor& values, int64_t bins) {
  const Tensor x = values.to(at::kDouble);
  const Tensor least = x.amin(0);
  const Tensor width = x.amax(0) - least;
  const Tensor place = (x - least) / width.masked_fill(width.eq(0), 1);
  return (place * bins).floor().clamp(0, bins - 1).to(at::kLong);
}

Tensor entropies(const Tensor& classes) {
  std::vector<Tensor> all;
  for (int64_t k = 0; k < classes.size(1); ++k) all.push_back(entropy_of(classes.select(1, k)));
  return at::stack(all);
}

Tensor mutual_information(const Tensor& codes, const Tensor& classes) {
  Tensor information = at::empty({codes.size(1), classes.size(1)}, at::kDouble);
  for (int64_t d = 0; d < codes.size(1); ++d)
    for (int64_t k = 0; k < classes.size(1); ++k) {
      const Tensor code = codes.select(1, d);
      const Tensor factor = classes.select(1, k);
      const Tensor pairs = code * (factor.max() + 1) + factor;
      information[d][k] = entropy_of(code) + entropy_of(factor) - entropy_of(pairs);
    }
  return information.clamp_min(0);
}

}  // namespace refract
