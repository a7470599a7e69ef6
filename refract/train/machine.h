// What a run takes of the machine.
#pragma once

#include "refract/core/tensor.h"
#include "refract/train/settings.h"

namespace refract {

// `threads` if given, else one for each core that this process may use.
int thread_count(const TrainOptions& options);

// Throws BadInput where "cuda" is asked for and LibTorch has none.
torch::Device device_of(const TrainOptions& options);

}  // namespace refract
