// What nearly every file needs of LibTorch: precompiled (see CMakeLists.txt). Operations are included one by one, as
// <ATen/ops/cat.h>: all of LibTorch's headers, precompiled too, would cost every file two seconds more.
#pragma once

#ifndef AT_PER_OPERATOR_HEADERS
#define AT_PER_OPERATOR_HEADERS  // otherwise operators such as + bring all operations along
#endif
#include <ATen/Context.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>

namespace refract {

using at::Tensor;

}  // namespace refract
