// Shuffled orders as functions of a key.
#pragma once

#include <cstdint>

#include "refract/data/source.h"

namespace refract {

// A uniformly drawn permutation of 0 .. count-1 (Fisher and Yates), the same for the same key on every machine.
Indices permutation(int64_t count, uint64_t key);

// An endless walk through 0 .. count-1 in passes, each pass in an order of its own. Position k is a function of
// (count, key, k); the order of the pass visited last is kept, so that walking on is cheap. Not for several threads at
// once.
class Order {
 public:
  Order(int64_t count, uint64_t key) : count_(count), key_(key) {}

  // The entries at positions first .. first+size-1.
  Indices take(int64_t first, int64_t size);

 private:
  int64_t count_;
  uint64_t key_;
  int64_t pass_ = -1;
  Indices order_;
};

}  // namespace refract
