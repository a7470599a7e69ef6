// The safetensors container: the header's length (u64, little-endian), the header (JSON), raw little-endian data. Files
// written here carry a CRC-32 of themselves in the header's first metadata entry; docs/run-directory.md gives the
// scheme.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "refract/core/tensor.h"
#include "refract/optim/player.h"

namespace refract {

using Metadata = std::map<std::string, std::string>;

// The bytes of a file of these tensors (float, double, int64 or uint8; on any device) and this metadata.
std::string pack_safetensors(const Metadata& metadata, const NamedTensors& tensors);

struct PackedTensor {
  at::ScalarType type = at::kFloat;
  std::vector<int64_t> shape;
  std::string_view data;  // exactly the bytes of that shape

  [[nodiscard]] Tensor tensor() const;  // a copy, on the CPU
};

struct Safetensors {
  Metadata metadata;
  std::map<std::string, PackedTensor, std::less<>> tensors;
};

// Checks the CRC-32 first, then every length, type and offset, so that no input reads outside `bytes`. The result
// points into `bytes`. Throws BadInput, naming `file`, for anything that pack_safetensors has not written.
Safetensors unpack_safetensors(std::string_view bytes, const std::filesystem::path& file);

}  // namespace refract
