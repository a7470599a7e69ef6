// LibTorch's random generators as values. Functions that draw take one and never seed the global one.
#pragma once

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/core/Generator.h>

#include <cstdint>

namespace refract {

// A generator of its own, on the CPU.
inline at::Generator generator_of(uint64_t seed) {
  return at::make_generator<at::CPUGeneratorImpl>(seed);
}

// While this stands, what sets LibTorch's default generator on the CPU does no harm: it has its old state afterwards.
class KeptGenerator {
 public:
  KeptGenerator() : before_(at::detail::getDefaultCPUGenerator().clone()) {}
  KeptGenerator(const KeptGenerator&) = delete;
  KeptGenerator& operator=(const KeptGenerator&) = delete;
  ~KeptGenerator() {
    at::Generator now = at::detail::getDefaultCPUGenerator();
    now.set_state(before_.get_state());
  }

 private:
  at::Generator before_;
};

}  // namespace refract
