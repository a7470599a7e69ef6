// A method's whole training state in one file, in the safetensors format, which Python reads too.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "refract/methods/method.h"

namespace refract {

struct CheckpointInfo {
  int64_t step = 0;     // steps done
  std::string method;   // the registry's name
  int64_t threads = 0;  // training is repeatable bit for bit at one thread count and LibTorch version
  std::string libtorch;
};

// Writes the weights and Adam's moments of every player, under the names that Player gives them: all the state a method
// has, since each step draws its random numbers anew (see core/random.h). Written whole or not at all (see
// core/files.h). The header's "__metadata__" holds the info above and a CRC-32 over the whole file, so that one flipped
// byte anywhere is noticed.
void save_checkpoint(const std::filesystem::path& file, Method& method, const CheckpointInfo& info);

// Reads a file into a method of the same kind and sizes; `method_name` is its name in the registry. Throws BadInput,
// naming the file, where it is missing, damaged, from another method, of other shapes, or where a weight is not
// finite; the method is then unchanged.
// `with_moments` false reads the weights alone.
CheckpointInfo load_checkpoint(const std::filesystem::path& file, std::string_view method_name, Method& method,
                               bool with_moments);

// The info alone, after the check for damage and for weights that are not finite.
CheckpointInfo inspect_checkpoint(const std::filesystem::path& file);

}  // namespace refract
