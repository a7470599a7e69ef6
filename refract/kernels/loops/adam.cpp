#include "refract/kernels/loops/adam.h"

#include <cmath>
#include <limits>

#include "refract/kernels/isa.h"

namespace refract {

REFRACT_TARGET_CLONES
void AdamStep::apply(const float* __restrict gradient, float* __restrict parameter, float* __restrict mean,
                     float* __restrict variance, int64_t count) const {
  const float step_size = rate / bias_correction1;
  const float variance_scale = 1.0F / bias_correction2;
#pragma omp simd
  for (int64_t i = 0; i < count; ++i) {
    const float g = gradient[i];
    const float m = mean[i] + (1.0F - beta1) * (g - mean[i]);
    const float v = variance[i] + (1.0F - beta2) * (g * g - variance[i]);
    mean[i] = m;
    variance[i] = v;
    parameter[i] -= step_size * m / (std::sqrt(variance_scale * v) + epsilon);
  }
}

REFRACT_TARGET_CLONES
bool all_finite(const float* values, int64_t count) {
  int bad = 0;
#pragma omp simd reduction(| : bad)
  for (int64_t i = 0; i < count; ++i) bad |= std::abs(values[i]) <= std::numeric_limits<float>::max() ? 0 : 1;
  return bad == 0;
}

}  // namespace refract
