#include "refract/kernels/isa.h"

#include <algorithm>
#include <atomic>

namespace refract {
namespace {

std::atomic<Isa>& selected() {
  static std::atomic<Isa> value(best_isa());
  return value;
}

}  // namespace

Isa best_isa() {
#ifdef REFRACT_X86
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2");
  const bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
                      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
                      __builtin_cpu_supports("avx512cd");
  if (avx2) return avx512 ? Isa::avx512 : Isa::avx2;
#endif
  return Isa::any;
}

Isa isa() {
  return selected().load(std::memory_order_relaxed);
}

void limit_isa(Isa limit) {
  selected() = std::min(limit, best_isa());
}

}  // namespace refract
