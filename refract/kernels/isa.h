// How the loops of this folder are compiled, and for which instruction sets.
#pragma once

namespace refract {

// None: no loops of ours, but LibTorch's operations. Then what the compiler takes for granted, x86-64-v3 and -v4.
enum class Isa { none, any, avx2, avx512 };

Isa best_isa();            // that this processor runs
Isa isa();                 // that loops written for each are chosen for: the best, or less
void limit_isa(Isa most);  // so that tests reach all copies that REFRACT_CHOSEN chooses from

}  // namespace refract

// One copy for each instruction set, chosen when the program loads, whatever limit_isa says; only loops that a compiler
// turns into vectors without being told how are compiled so. Sanitizers instrument the chooser itself, which
// runs too early for them.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__)
#define REFRACT_EVERY_ISA __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define REFRACT_EVERY_ISA
#endif

// Copies written out, where their use of registers differs: NAME_avx512, NAME_avx2 and NAME_any, of which
// REFRACT_CHOSEN(NAME) is the one for isa().
#if defined(__x86_64__) && defined(__GNUC__)
#define REFRACT_X86
#define REFRACT_AVX512 __attribute__((target("arch=x86-64-v4")))
#define REFRACT_AVX2 __attribute__((target("arch=x86-64-v3")))
#define REFRACT_CHOSEN(name)                              \
  (refract::isa() == refract::Isa::avx512 ? name##_avx512 \
   : refract::isa() == refract::Isa::avx2 ? name##_avx2   \
                                          : name##_any)
#else
#define REFRACT_CHOSEN(name) name##_any
#endif

// These copies where all that they do is NAME_with<Lanes>(job).
#ifdef REFRACT_X86
#define REFRACT_COPIES(name, Job)                     \
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
#define REFRACT_COPIES(name, Job)   \
  void name##_any(const Job& job) { \
    name##_with<4>(job);            \
  }
#endif

// For functions (INLINE) and lambdas (INLINED) that such a function calls: only inlined code is compiled for its
// instruction set.
#define REFRACT_INLINED __attribute__((always_inline))
#define REFRACT_INLINE REFRACT_INLINED inline
