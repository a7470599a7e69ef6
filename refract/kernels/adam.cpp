#include "refract/kernels/adam.h"

#include <cmath>
#include <limits>

#include "refract/kernels/isa.h"

namespace refract {

REFRACT_EVERY_ISA
void AdamStep::apply(const float* __restrict gradient, float* __restrict parameter, float* __restrict mean,
                     float* __restrict variance, int64_t count) const {
  const float length = rate / first;
  const float widening = 1.0F / second;
#pragma omp simd
  for (int64_t i = 0; i < count; ++i) {
    const float g = gradient[i];
    const float m = mean[i] + (1.0F - beta1) * (g - mean[i]);
    const float v = variance[i] + (1.0F - beta2) * (g * g - variance[i]);
    mean[i] = m;
    variance[i] = v;
    parameter[i] -= length * m / (std::sqrt(widening * v) + epsilon);
  }
}

REFRACT_EVERY_ISA
bool all_finite(const float* values, int64_t count) {
  int bad = 0;
#pragma omp simd reduction(| : bad)
  for (int64_t i = 0; i < count; ++i) bad |= std::abs(values[i]) <= std::numeric_limits<float>::max() ? 0 : 1;
  return bad == 0;
}

}  // namespace refract
