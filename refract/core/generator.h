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

}  // namespace refract
