// Vectors of floats as the compiler knows them, for loops whose register use must be planned.
#pragma once

#include <cstdint>

#include "refract/kernels/isa.h"

namespace refract {

// `Lanes` floats: 16 fill a register of AVX-512, 8 one of AVX2, 4 one of SSE or NEON.
template <int Lanes>
struct VectorOf {
  typedef float Aligned __attribute__((vector_size(Lanes * sizeof(float))));
  typedef float Anywhere __attribute__((vector_size(Lanes * sizeof(float)), aligned(alignof(float)), may_alias));
};
template <int Lanes>
using Vector = typename VectorOf<Lanes>::Aligned;
static_assert(sizeof(Vector<16>) == 64 && alignof(VectorOf<16>::Anywhere) == 4);

template <int Lanes>
REFRACT_INLINE void load(const float* from, Vector<Lanes>& to) {
  to = *reinterpret_cast<const typename VectorOf<Lanes>::Anywhere*>(from);
}

template <int Lanes>
REFRACT_INLINE void store(const Vector<Lanes>& from, float* to) {
  *reinterpret_cast<typename VectorOf<Lanes>::Anywhere*>(to) = from;
}

}  // namespace refract
