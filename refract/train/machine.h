// The threads and the device of a run.
#pragma once

#include <array>
#include <string>

#include "refract/core/tensor.h"
#include "refract/methods/method.h"
#include "refract/train/settings.h"

namespace refract {

// `threads` if given, but at most most_threads(), else one for each core that this process may use.
int thread_count(const TrainOptions& options);

// LibTorch takes thread_count() from here on. Throws Error where the system refuses them (machine_limits.h).
void use_threads(const TrainOptions& options);

// Four for each core: beyond that threads only wait for one another. expect_sensible_threads throws BadInput where the
// options ask for more.
int most_threads();
void expect_sensible_threads(const TrainOptions& options);

// Throws BadInput where "cuda" is asked for and LibTorch has none.
at::Device device_of(const TrainOptions& options);

std::string processor_name();  // "unknown" where the system does not tell

// The file that multiplies matrices, its links followed: which one "libblas.so.3" stands for decides the speed of a
// run. "part of LibTorch" where it is none of its own.
std::string blas_file();

// Environment variables that decide the speed of a run and are read while libraries load.
constexpr std::array<const char*, 4> speed_variables = {"OPENBLAS_CORETYPE", "ATEN_CPU_CAPABILITY", "GOMP_SPINCOUNT",
                                                        "GLIBC_TUNABLES"};

// Weights move; on a GPU, products of matrices take TF32 from here on, as convolutions do by default.
void move_to(const at::Device& device, Method& method);

}  // namespace refract
