// How the loops of this folder are compiled.
#pragma once

// One copy for each instruction set, chosen when the program loads. Sanitizers instrument the chooser itself, which
// runs too early for them.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__)
#define REFRACT_EVERY_ISA __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define REFRACT_EVERY_ISA
#endif

// For functions (INLINE) and lambdas (INLINED) that such a function calls: only inlined code is compiled for its
// instruction set.
#define REFRACT_INLINED __attribute__((always_inline))
#define REFRACT_INLINE REFRACT_INLINED inline
