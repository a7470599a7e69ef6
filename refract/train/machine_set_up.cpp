#include "refract/train/machine_set_up.h"

#include <ATen/Parallel.h>
#include <dlfcn.h>
#include <fmt/format.h>
#include <malloc.h>
#include <torch/version.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <limits>
#include <thread>

#include "refract/core/tensor.h"
#include "refract/kernels/isa.h"
#include "refract/train/machine.h"
#include "refract/train/machine_limits.h"
#include "refract/train/tensor_memory.h"

namespace refract {
namespace {

constexpr const char* started_again = "REFRACT_MACHINE_SET_UP";

struct Variable {
  const char* name;
  const char* value;  // nullptr: leave it alone
};

// The first two choose the widest kernels; without OPENBLAS_CORETYPE, matrix products run on OpenBLAS's oldest ones, at
// a sixth of the speed. GOMP_SPINCOUNT: a thread that waits for another soon gives its core away. LibTorch's threads
// would otherwise spin for milliseconds; on 2 cores that others use too, training is then 5 to 10 times slower.
// GLIBC_TUNABLES: memory in huge pages, whose addresses processors translate faster.
std::array<Variable, 4> variables() {
  const char* spins = std::getenv("OMP_WAIT_POLICY") == nullptr ? "1000" : nullptr;
  const auto with = [&](const char* core, const char* capability) {
    const std::array<const char*, 4> values = {core, capability, spins, "glibc.malloc.hugetlb=1"};
    std::array<Variable, 4> all{};
    for (size_t i = 0; i < all.size(); ++i) all.at(i) = {speed_variables.at(i), values.at(i)};
    return all;
  };
  switch (best_isa()) {
    case Isa::avx512:
      return with("SKYLAKEX", "avx512");
    case Isa::avx2:
      return with("Haswell", "avx2");
    default:
      return with(nullptr, nullptr);
  }
}

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// And what OpenBLAS calls the kernels it chose.
std::string blas_library() {
  void* const core = ::dlsym(RTLD_DEFAULT, "openblas_get_corename");
  if (core == nullptr) return blas_file();
  return fmt::format("{}, OpenBLAS with kernels for {}", blas_file(), reinterpret_cast<char* (*)()>(core)());
}

std::string vectors_name() {
  switch (best_isa()) {
    case Isa::avx512:
      return "AVX-512";
    case Isa::avx2:
      return "AVX2";
    default:
      return "neither AVX2 nor AVX-512";
  }
}

// By default glibc returns large tensors to the system as soon as they are freed.
void keep_freed_memory() {
  constexpr int threshold = 1 << 30;
  ::mallopt(M_MMAP_THRESHOLD, threshold);
  ::mallopt(M_TRIM_THRESHOLD, std::numeric_limits<int>::max());
}

// Returns only where nothing needs to be set, or where the program cannot be started again: it then goes on, only
// slower.
void start_again_with_variables(char** argv) {
  if (std::getenv(started_again) != nullptr) return;
  std::string chosen;
  for (const auto& [name, value] : variables()) {
    if (value == nullptr || std::getenv(name) != nullptr) continue;
    ::setenv(name, value, 1);
    chosen += fmt::format("{} ", name);
  }
  if (chosen.empty()) return;
  ::setenv(started_again, chosen.c_str(), 1);
  ::execv("/proc/self/exe", argv);
}

// Debian's LibTorch 1.13.1 takes one thread unless it is told otherwise.
void use_all_processors() {
  if (std::getenv("OMP_NUM_THREADS") != nullptr) return expect_threads(at::get_num_threads());
  const int all = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  expect_threads(all);
  at::set_num_threads(all);
}

}  // namespace

void set_up_machine(char** argv) {
  keep_freed_memory();
  start_again_with_variables(argv);
  keep_tensors_in_reusable_places();
  use_all_processors();
  take_buffers_if_limited();
}

std::vector<std::pair<std::string, std::string>> machine_facts() {
  const std::string chosen = environment(started_again);
  std::vector<std::pair<std::string, std::string>> facts = {
      {"processor", processor_name()},
      {"vector instructions", vectors_name()},
      {"processors", std::to_string(std::thread::hardware_concurrency())},
      {"threads", std::to_string(at::get_num_threads())},
      {"LibTorch", TORCH_VERSION},
      {"CUDA", at::hasCUDA() ? "available" : "none"},
      {"BLAS", blas_library()},
  };
  for (const auto& [name, value] : variables()) {
    const std::string now = environment(name);
    const char* who = chosen.find(name) == std::string::npos ? "from the environment" : "chosen by refract";
    facts.emplace_back(name, now.empty() ? "not set" : fmt::format("{} ({})", now, who));
  }
  return facts;
}

}  // namespace refract
