// How the loops in loops/ are compiled, and for which instruction sets.
#pragma once

namespace refract {

// none: none of these loops, LibTorch's operations instead. any: what the compiler assumes by default. avx2:
// x86-64-v3. avx512: x86-64-v4.
enum class Isa { none, any, avx2, avx512 };

Isa best_isa();             // the best one that this processor runs
Isa isa();                  // the one that REFRACT_DISPATCH selects: the best one, or the limit if that is lower
void limit_isa(Isa limit);  // lets tests reach every copy that REFRACT_DISPATCH selects from

}  // namespace refract

// Function multi-versioning: the compiler makes one copy of a function for each instruction set. The loader selects one
// and ignores limit_isa. This is for plain loops that the compiler vectorises by itself. It is off under
// AddressSanitizer, which would instrument the resolver, and the resolver runs before the sanitizer is ready.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__)
#define REFRACT_TARGET_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define REFRACT_TARGET_CLONES
#endif

// Copies written by hand, for loops whose register blocking depends on the instruction set: NAME_avx512, NAME_avx2 and
// NAME_any. REFRACT_DISPATCH(NAME) is the copy for isa().
#if defined(__x86_64__) && defined(__GNUC__)
#define REFRACT_X86
#define REFRACT_AVX512 __attribute__((target("arch=x86-64-v4")))
#define REFRACT_AVX2 __attribute__((target("arch=x86-64-v3")))
#define REFRACT_DISPATCH(name)                            \
  (refract::isa() == refract::Isa::avx512 ? name##_avx512 \
   : refract::isa() == refract::Isa::avx2 ? name##_avx2   \
                                          : name##_any)
#else
#define REFRACT_DISPATCH(name) name##_any
#endif

// Defines the three copies. Each calls NAME_with<Lanes>(job).
#ifdef REFRACT_X86
#define REFRACT_DEFINE_COPIES(name, Job)              \
  REFRACT_AVX512 void name##_avx512(const Job& job) { \
    name##_with<16>(job);                             \
  }                                                   \
  REFRACT_AVX2 void name##_avx2(const Job& job) {     \
    name##_with<8>(job);                              \
  }                                                   \
  void name##_any(const Job& job) {                   \
    name##_with<4>(job);                              \
  }
#else
#define REFRACT_DEFINE_COPIES(name, Job) \
  void name##_any(const Job& job) {      \
    name##_with<4>(job);                 \
  }
#endif

// For the functions (INLINE) and lambdas (INLINED) that such a copy calls. The compiler uses the copy's instruction set
// only for code that is inlined into it.
#define REFRACT_INLINED __attribute__((always_inline))
#define REFRACT_INLINE REFRACT_INLINED inline
