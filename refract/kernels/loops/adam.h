// Adam's update in one pass over memory.
#pragma once

#include <cstdint>

namespace refract {

// Kingma and Ba 2015, Algorithm 1, step t. bias_correction1 = 1 - beta1^t, bias_correction2 = 1 - beta2^t.
struct AdamStep {
  float rate, beta1, beta2, epsilon;
  float bias_correction1, bias_correction2;

  // Updates `count` parameters and their two moments on the calling thread.
  void apply(const float* gradient, float* parameter, float* mean, float* variance, int64_t count) const;
};

bool all_finite(const float* values, int64_t count);

}  // namespace refract
