// LibTorch's modules, whose headers are large: precompiled for the files that use them (see CMakeLists.txt).
#pragma once

#include <torch/nn/module.h>
