// What a run takes of the machine.
#pragma once

#include "refract/core/tensor.h"
#include "refract/methods/method.h"
#include "refract/train/settings.h"

namespace refract {

// `threads` if given, else one for each core that this process may use.
int thread_count(const TrainOptions& options);

// Throws BadInput where "cuda" is asked for and LibTorch has none.
torch::Device device_of(const TrainOptions& options);

// Weights move; on a GPU, products of matrices take TF32 from here on, as convolutions do by default.
void move_to(const torch::Device& device, Method& method);

}  // namespace refract
