// What a training says of itself before its first step.
#pragma once

#include <string>

#include "refract/train/run.h"

namespace refract {

// What matters first: method, data, steps, batch, size and folder. Then the options that were chosen, then those that
// are as usual, in lines of at most `width` characters.
std::string start_text(const OpenedRun& opened, size_t width);

}  // namespace refract
