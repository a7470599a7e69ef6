// Adam's update in one pass over memory.
#pragma once

#include <cstdint>

namespace refract {

// Kingma and Ba 2015, Algorithm 1, step t: first = 1 - beta1^t, second = 1 - beta2^t.
struct AdamStep {
  float rate, beta1, beta2, epsilon;
  float first, second;

  // Moves `count` parameters and their moments on the calling thread.
  void apply(const float* gradient, float* parameter, float* mean, float* variance, int64_t count) const;
};

bool all_finite(const float* values, int64_t count);

}  // namespace refract
