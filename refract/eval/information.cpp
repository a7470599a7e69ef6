#include "refract/eval/information.h"

#include <ATen/ops/bincount.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/stack.h>

#include "refract/eval/columns.h"

namespace refract {
namespace {

constexpr double kOnEdge = 1e-5;  // of a bin; float32 codes whose mean is 0 are rounded by a tenth of it

// -sum p log p of the parts of a whole; a part of 0 adds nothing.
Tensor entropy_of(const Tensor& classes) {
  const Tensor counts = at::bincount(classes).to(at::kDouble);
  const Tensor present = counts.masked_select(counts.gt(0));
  return (present / present.sum() * (present.sum() / present).log()).sum();
}

// How many rows have each code with each class: [codes, classes] int64.
Tensor joint_counts(const Tensor& code, const Tensor& classes) {
  const int64_t rows = code.max().item<int64_t>() + 1;
  const int64_t columns = classes.max().item<int64_t>() + 1;
  return at::bincount(code * columns + classes, {}, rows * columns).view({rows, columns});
}

// sum p(c, f) log(p(c, f) / (p(c) p(f))). Products of counts are exact, so that cells as full as those of independent
// columns add exactly nothing, where a difference of entropies leaves rounding.
Tensor information_of(const Tensor& joint) {
  const Tensor count = joint.sum();
  const Tensor independent = joint.sum(1, true) * joint.sum(0, true);
  const Tensor filled = joint.gt(0);
  const Tensor cells = joint.masked_select(filled);
  const Tensor ratio = (cells * count).to(at::kDouble) / independent.masked_select(filled);
  return (cells.to(at::kDouble) / count * ratio.log()).sum();
}

}  // namespace

Tensor histogram_bins(const Tensor& values, int64_t bins) {
  const Tensor x = values.to(at::kDouble);
  const Tensor least = x.amin(0);
  const Tensor constant = constant_columns(x);
  const Tensor place = (x - least) / (x.amax(0) - least).masked_fill(constant, 1);
  return (place * bins + kOnEdge).floor().clamp(0, bins - 1).masked_fill(constant, 0).to(at::kLong);
}

Tensor entropies(const Tensor& classes) {
  std::vector<Tensor> all;
  for (int64_t k = 0; k < classes.size(1); ++k) all.push_back(entropy_of(classes.select(1, k)));
  return at::stack(all);
}

Tensor mutual_information(const Tensor& codes, const Tensor& classes) {
  Tensor information = at::empty({codes.size(1), classes.size(1)}, at::kDouble);
  for (int64_t d = 0; d < codes.size(1); ++d)
    for (int64_t k = 0; k < classes.size(1); ++k)
      information[d][k] = information_of(joint_counts(codes.select(1, d), classes.select(1, k)));
  return information.clamp_min(0);
}

Tensor information_in_bins(const Tensor& codes, const Tensor& classes, int64_t bins) {
  const Tensor upwards = histogram_bins(codes, bins);
  const Tensor downwards = histogram_bins(-codes, bins);
  const Tensor information = mutual_information(upwards, classes);
  if (downwards.equal(bins - 1 - upwards)) return information;
  return (information + mutual_information(downwards, classes)) / 2;
}

}  // namespace refract
