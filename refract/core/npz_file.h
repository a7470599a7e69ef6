// NumPy's archives, read: what numpy.savez and numpy.savez_compressed write, a ZIP archive of one .npy file an array.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "refract/core/tensor.h"

namespace refract {

// By name; each of the array's own shape and type, contiguous, on the CPU. The numbers of NumPy that LibTorch 1.13 does
// not have become wider ones: uint16 int32, uint32 int64, and uint64 int64.
using NpzArrays = std::map<std::string, Tensor>;

enum class NpzKind { fractions, whole_numbers, text, other };  // truth values are whole numbers

struct NpzEntry {
  std::string name;
  std::vector<int64_t> shape;
  NpzKind kind = NpzKind::other;
  std::string type;  // as the archive names it: npz_words.h has words for it
};

// What arrays a file has, in its order; only what stands before the values is read. Throws BadInput as read_npz does.
std::vector<NpzEntry> list_npz(const std::filesystem::path& file);

constexpr size_t most_npz_bytes = size_t{2} << 30;  // that are held at once of one file

// The named arrays; with no names, all whose values are little-endian real numbers or booleans. Others (text, objects,
// complex and structured values) are passed over then, unread: nothing of Python is ever run. Throws BadInput for a
// file that is missing, no ZIP archive or damaged (each array's checksum is tested), for a named array that is not
// there or holds other values, and, before they are read, for arrays of more than most_npz_bytes together.
NpzArrays read_npz(const std::filesystem::path& file, const std::vector<std::string>& names = {});

// An array too large to hold: `visit` gets its rows [first, first + n) of the leading dimension in order, n at most
// `rows`. Throws as read_npz does (`rows` together have at most most_npz_bytes), and for an array in column-major
// order.
void read_npz_rows(const std::filesystem::path& file, const std::string& name, int64_t rows,
                   const std::function<void(int64_t first, const Tensor& values)>& visit);

}  // namespace refract
