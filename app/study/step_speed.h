// How long a training step takes on this machine.
#pragma once

#include "refract/train/settings.h"

namespace refract {

// Seconds of a step on one thread: the faster of two after a first. The steps are real ones, of a model that is thrown
// away.
double seconds_of_a_step(const Settings& settings);

}  // namespace refract
