#include "refract/data/order.h"

#include <numeric>
#include <utility>

#include "refract/core/random.h"

namespace refract {

Indices permutation(int64_t count, uint64_t key) {
  Indices order(static_cast<size_t>(count));
  std::iota(order.begin(), order.end(), int64_t{0});
  for (size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[mix(key, i) % i]);
  return order;
}

Indices Order::take(int64_t first, int64_t size) {
  Indices taken;
  taken.reserve(static_cast<size_t>(size));
  for (int64_t k = first; k < first + size; ++k) {
    if (const int64_t pass = k / count_; pass != pass_) {
      order_ = permutation(count_, mix(key_, static_cast<uint64_t>(pass)));
      pass_ = pass;
    }
    taken.push_back(order_[static_cast<size_t>(k % count_)]);
  }
  return taken;
}

}  // namespace refract
