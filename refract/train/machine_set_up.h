// The machine as LibTorch will see it: settings that must stand before its libraries load, and facts about what was
// found.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace refract {

// OpenBLAS 0.3.21 does not know recent processors, ATen 1.13 leaves AVX-512 unused, libgomp's threads wait for one
// another at full speed, and glibc takes small pages; each reads an environment variable while it loads
// (speed_variables). Where the user has not set them, this sets them and starts the program again once; `argv` is
// main's. It also has glibc keep freed memory (otherwise each training step pays for fresh pages), and LibTorch put
// tensors where that memory serves again (tensor_memory.h) and use all processors. Call it first in main. Throws Error
// where the system does not let this process have the threads or the memory (machine_limits.h).
void set_up_machine(char** argv);

// Name and value, in the order to print: processor, threads, LibTorch, BLAS, and each variable set_up_machine cares
// for.
std::vector<std::pair<std::string, std::string>> machine_facts();

}  // namespace refract
