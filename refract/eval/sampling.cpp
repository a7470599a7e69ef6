#include "refract/eval/sampling.h"

#include <ATen/ops/bincount.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>

#include <algorithm>

#include "refract/core/random.h"
#include "refract/data/order.h"

namespace refract {

Division divided(int64_t rows, uint64_t seed) {
  constexpr int64_t most_fitted = 10000;
  constexpr int64_t most_scored = 5000;
  const Tensor order = at::tensor(permutation(rows, mix(seed, MetricDraw::examples)), at::kLong);
  const int64_t fitted = std::min(most_fitted, rows * 2 / 3);
  return {order.slice(0, 0, fitted), order.slice(0, fitted, std::min(rows, fitted + most_scored))};
}

Tensor uniform_indices(int64_t limit, int64_t count, uint64_t key) {
  Tensor indices = at::empty({count}, at::kLong);
  auto* const values = indices.data_ptr<int64_t>();
  for (int64_t i = 0; i < count; ++i)
    values[i] =
        static_cast<int64_t>(uniform(mix(key, Stream::metrics, static_cast<uint64_t>(i))) * static_cast<double>(limit));
  return indices;
}

Groups::Groups(const Factors& factors) : classes_(factors.classes) {
  for (int64_t k = 0; k < factors.count(); ++k) {
    const Tensor classes = classes_.select(1, k).contiguous();
    order_.push_back(std::get<1>(classes.sort(/*stable=*/true, 0, /*descending=*/false)));
    Tensor starts = at::zeros({factors.sizes[static_cast<size_t>(k)] + 1}, at::kLong);
    starts.slice(0, 1).copy_(at::bincount(classes).cumsum(0));
    starts_.push_back(starts);
  }
}

Tensor Groups::rows(int64_t k, int64_t c) const {
  const auto* const starts = starts_[static_cast<size_t>(k)].data_ptr<int64_t>();
  return order_[static_cast<size_t>(k)].slice(0, starts[c], starts[c + 1]);
}

Tensor Groups::sets(int64_t k, int64_t count, int64_t size, uint64_t key) const {
  const Tensor first = uniform_indices(classes_.size(0), count, mix(key, 1, 0));
  const Tensor classes = classes_.select(1, k).index_select(0, first);
  const auto* const order = order_[static_cast<size_t>(k)].data_ptr<int64_t>();
  const auto* const starts = starts_[static_cast<size_t>(k)].data_ptr<int64_t>();
  Tensor all = at::empty({count, size}, at::kLong);
  auto* const rows = all.data_ptr<int64_t>();
  for (int64_t n = 0; n < count * size; ++n) {
    const int64_t c = classes.data_ptr<int64_t>()[n / size];
    const double place =
        uniform(mix(key, 2, static_cast<uint64_t>(n))) * static_cast<double>(starts[c + 1] - starts[c]);
    rows[n] = order[starts[c] + static_cast<int64_t>(place)];
  }
  return all;
}

void for_each_vote(int64_t factors, int64_t count, uint64_t key,
                   const std::function<void(int64_t k, int64_t votes, uint64_t key)>& use) {
  constexpr int64_t piece = 500;
  const Tensor votes = at::bincount(uniform_indices(factors, count, key), {}, factors);
  for (int64_t k = 0; k < factors; ++k) {
    uint64_t pieces = 0;
    for (auto left = votes[k].item<int64_t>(); left > 0; left -= piece)
      use(k, std::min(piece, left), mix(key, static_cast<uint64_t>(k), ++pieces));
  }
}

}  // namespace refract
