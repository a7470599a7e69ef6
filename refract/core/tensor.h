// The one place that names LibTorch's headers: precompiled (see CMakeLists.txt), so that a file costs seconds, not
// a quarter of a minute.
#pragma once

#include <torch/csrc/autograd/autograd.h>
#include <torch/nn/module.h>
#include <torch/types.h>

namespace refract {

using torch::Tensor;

}  // namespace refract
