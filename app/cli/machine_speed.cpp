#include <ATen/Parallel.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/rand.h>

#include <array>
#include <chrono>
#include <functional>

#include "app/cli/machine_speed.h"
#include "refract/core/tensor.h"
#include "refract/kernels/isa.h"

namespace refract {
namespace {

// Repeats `work` for about 0.3 s after one call to warm up; GFLOP/s, given the operations of one call.
double gflops(double operations, const std::function<void()>& work) {
  using Clock = std::chrono::steady_clock;
  work();
  const auto start = Clock::now();
  std::chrono::duration<double> spent{};
  int64_t calls = 0;
  for (; spent.count() < 0.3; spent = Clock::now() - start, ++calls) work();
  return operations * static_cast<double>(calls) / spent.count() * 1e-9;
}

constexpr int64_t chains = 12;  // independent sums: enough to hide the latency of a multiply-add on two ports
constexpr int64_t rounds = 1'000'000;

template <int64_t lanes>
[[gnu::always_inline]] inline float multiply_add(float factor) {
  using Vector [[gnu::vector_size(lanes * sizeof(float))]] = float;
  struct Sum {  // std::array<Vector> would lose the attribute
    Vector values;
  };
  std::array<Sum, chains> sums{};
  float start = factor;  // a different one for each: equal sums would be computed once
  for (Sum& sum : sums) sum.values = Vector{} + (start *= factor);
  for (int64_t round = 0; round < rounds; ++round)
    for (Sum& sum : sums) sum.values = sum.values * factor + factor;
  float total = 0;
  for (const Sum& sum : sums) total += sum.values[0];
  return total;
}

struct Kernel {
  int64_t lanes;
  float (*run)(float factor);
};

#ifdef REFRACT_X86
[[gnu::target("avx512f")]] float wide(float factor) {
  return multiply_add<16>(factor);
}
[[gnu::target("avx2,fma")]] float medium(float factor) {
  return multiply_add<8>(factor);
}
#endif
float narrow(float factor) {
  return multiply_add<4>(factor);
}

Kernel widest_kernel() {
  [[maybe_unused]] const Isa best = best_isa();
#ifdef REFRACT_X86
  if (best == Isa::avx512) return {16, wide};
  if (best == Isa::avx2) return {8, medium};
#endif
  return {4, narrow};
}

double fma_gflops(int64_t threads) {
  const Kernel kernel = widest_kernel();
  volatile float factor = 0.5F;  // a value that the compiler does not know
  volatile float kept = 0;
  const auto operations = static_cast<double>(2 * chains * kernel.lanes * rounds * threads);
  return gflops(operations, [&] {
    float total = 0;
    const float known = factor;
#pragma omp parallel reduction(+ : total)
    total += kernel.run(known);
    kept = total;
  });
}

double gemm_gflops() {
  constexpr int64_t side = 1024;
  const Tensor a = at::rand({side, side});
  const Tensor b = at::rand({side, side});
  return gflops(2.0 * side * side * side, [&] { at::mm(a, b); });
}

}  // namespace

MachineSpeed measure_machine() {
  return {fma_gflops(at::get_num_threads()), gemm_gflops()};
}

}  // namespace refract
