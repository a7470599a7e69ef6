#include "refract/eval/ranks.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/unique_consecutive.h>

#include "refract/eval/columns.h"

namespace refract {
namespace {

// Columns of ranks with mean 0 and length 1; constant ones stay 0.
Tensor standard_ranks(const Tensor& values) {
  const Tensor of_columns = column_ranks(values);
  const Tensor all = of_columns - of_columns.mean(0);
  const Tensor length = all.square().sum(0).sqrt();
  return all / length.masked_fill(length.eq(0), 1);
}

}  // namespace

Tensor ranks(const Tensor& values) {
  const auto [sorted, order] = values.contiguous().sort();
  const auto [distinct, place, counts] = at::unique_consecutive(sorted, true, true);
  const Tensor sizes = counts.to(at::kDouble);
  const Tensor middle = sizes.cumsum(0) - (sizes - 1) / 2;
  return at::empty({values.size(0)}, at::kDouble).index_copy(0, order, middle.index_select(0, place));
}

Tensor column_ranks(const Tensor& values) {
  const Tensor plain = values.masked_fill(constant_columns(values), 0);
  std::vector<Tensor> columns;
  for (int64_t d = 0; d < plain.size(1); ++d) columns.push_back(ranks(plain.select(1, d)));
  return at::stack(columns, 1);
}

double area_under_roc(const Tensor& scores, const Tensor& positive) {
  const auto count = static_cast<double>(positive.sum().item<int64_t>());
  const double rest = static_cast<double>(positive.numel()) - count;
  const auto sum = ranks(scores).masked_select(positive).sum().item<double>();
  return (sum - count * (count + 1) / 2) / (count * rest);
}

Tensor rank_correlation(const Tensor& a, const Tensor& b) {
  return standard_ranks(a).t().matmul(standard_ranks(b));
}

}  // namespace refract
