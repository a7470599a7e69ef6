// Handwriting-like digits drawn from strokes, so that everything runs with no file at all.
#pragma once

#include <cstdint>

#include "refract/data/sets/digits.h"

namespace refract {

// `count` digits of 28x28 as MNIST lays them out: a box of at most 20 pixels, centred by mass, white on black. Digit i
// is a function of (seed, i) and has class i % 10: one of several ways to write it, smoothly warped, slanted, with a
// pen of 1.5 to 3.5 pixels. About 20,000 a second.
Digits embedded_digits(int64_t count, uint64_t seed);

}  // namespace refract
