// The binary matrices in which NORB is distributed (LeCun et al. 2004).
#pragma once

#include <filesystem>
#include <string>

#include "refract/core/tensor.h"

namespace refract {

struct NorbMatrix {
  Tensor data;         // uint8 or int64, of the shape that the header says
  std::string sha256;  // of the file, unpacked where it is gzip
};

// All numbers little-endian, 32 bits: the kind, the number of dimensions, the length of each, of which at least three
// are stored (those beyond the number are passed over), and the data. Gzip is told by content. Each throws BadInput
// with a sentence for a file that is missing, truncated, of another kind, longer than its header says, or of absurd
// dimensions (over 1 GiB). Memory grows with what the file holds, never by its header alone.
NorbMatrix read_norb_bytes(const std::filesystem::path& path);    // kind 0x1E3D4C55
NorbMatrix read_norb_numbers(const std::filesystem::path& path);  // kind 0x1E3D4C54, of 32 bits

}  // namespace refract
