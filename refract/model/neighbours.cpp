#include "refract/model/neighbours.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/cdist.h>
#include <ATen/ops/scalar_tensor.h>

#include <algorithm>
#include <limits>
#include <vector>

namespace refract {
namespace {

constexpr int64_t kDistancesAtOnce = 2'000'000;
constexpr int64_t kExactly = 2;  // not by products, which round small distances to nothing

// Sets the distances [Q, C] of queries from themselves out of reach.
void put_away(Tensor& distances, const Tensor& own) {
  const Tensor there = own.ge(0).nonzero().squeeze(1);
  distances.index_put_({there, own.index_select(0, there)},
                       at::scalar_tensor(std::numeric_limits<double>::infinity(), at::kDouble));
}

}  // namespace

Neighbours neighbours_of(const Tensor& queries, const Tensor& candidates, int64_t count, const Tensor& own,
                         const OnProgress& on_progress) {
  const Tensor asked = queries.to(at::kCPU, at::kDouble), others = candidates.to(at::kCPU, at::kDouble);
  const bool some_own = own.defined() && own.ge(0).any().item<bool>();
  const int64_t most = std::min(count, others.size(0) - (some_own ? 1 : 0));
  const int64_t slice = std::max<int64_t>(1, kDistancesAtOnce / std::max<int64_t>(1, others.size(0)));
  std::vector<Tensor> rows, distances;
  for (int64_t from = 0; from < asked.size(0); from += slice) {
    if (on_progress) on_progress({"Looking for neighbours", from, asked.size(0)});
    Tensor all = at::cdist(asked.slice(0, from, from + slice), others, 2, kExactly);
    if (some_own) put_away(all, own.slice(0, from, from + slice));
    const auto [sorted, order] = all.sort(/*stable=*/true, 1, /*descending=*/false);
    distances.push_back(sorted.slice(1, 0, most).clone());
    rows.push_back(order.slice(1, 0, most).clone());
  }
  if (on_progress) on_progress({"Looking for neighbours", asked.size(0), asked.size(0)});
  return {at::cat(rows), at::cat(distances)};
}

}  // namespace refract
