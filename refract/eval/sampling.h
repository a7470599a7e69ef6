// Images drawn from those at hand, so that no metric needs one for each combination of factors.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "refract/eval/representation.h"

namespace refract {

// Rows to fit on and others to score, drawn from the seed: two thirds and one third, at most 10,000 and 5,000 (the
// sizes of disentanglement_lib).
struct Division {
  Tensor fit, score;  // int64
};
Division divided(int64_t rows, uint64_t seed);

// Whole numbers drawn from [0, limit) with replacement, a function of the key: [count] int64.
Tensor uniform_indices(int64_t limit, int64_t count, uint64_t key);

// Images that share a value of a factor: what metrics with a fixed factor compare. A real-valued factor counts as
// shared within one of its 20 bins.
class Groups {
 public:
  explicit Groups(const Factors& factors);

  // The rows where factor k is of class c, in their order: [n] int64.
  [[nodiscard]] Tensor rows(int64_t k, int64_t c) const;

  // Sets of `size` rows that share factor k, its value in each set that of a row drawn from all: [count, size] int64.
  // Drawn with replacement, a function of the key.
  [[nodiscard]] Tensor sets(int64_t k, int64_t count, int64_t size, uint64_t key) const;

 private:
  Tensor classes_;              // [N, K] int64
  std::vector<Tensor> order_;   // rows sorted by the class of each factor, [N]
  std::vector<Tensor> starts_;  // where each class begins there, [classes + 1]
};

// Draws the factor of each of `count` votes, and calls `use` with the votes of each factor in pieces that fit into
// memory; what `use` draws should be a function of its key.
void for_each_vote(int64_t factors, int64_t count, uint64_t key,
                   const std::function<void(int64_t k, int64_t votes, uint64_t key)>& use);

}  // namespace refract
