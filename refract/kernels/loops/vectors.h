// Vectors of floats in registers (a vector extension of GCC and Clang), for loops with register blocking.
#pragma once

#include <cstdint>

#include "refract/kernels/isa.h"

namespace refract {

// `Lanes` floats: 16 fill a register of AVX-512, 8 one of AVX2, 4 one of SSE or NEON. load() and store() need no
// alignment.
template <int64_t Lanes>
struct Vector {
  typedef float Register __attribute__((vector_size(Lanes * sizeof(float))));                          // NOLINT
  typedef float Unaligned __attribute__((vector_size(Lanes * sizeof(float)), aligned(4), may_alias));  // NOLINT

  Register value{};

  REFRACT_INLINE static Vector load(const float* from) { return {*reinterpret_cast<const Unaligned*>(from)}; }
  REFRACT_INLINE void store(float* to) const { *reinterpret_cast<Unaligned*>(to) = value; }

  REFRACT_INLINE friend Vector operator+(const Vector& a, const Vector& b) { return {a.value + b.value}; }
  REFRACT_INLINE friend Vector operator-(const Vector& a, const Vector& b) { return {a.value - b.value}; }
  REFRACT_INLINE friend Vector operator*(float a, const Vector& b) { return {a * b.value}; }
};
static_assert(sizeof(Vector<16>) == 64);

}  // namespace refract
