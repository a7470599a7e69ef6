// What stands before the values of an array in NumPy's file format (numpy.lib.format, versions 1 to 3).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace refract {

struct NpyHeader {
  std::string type;            // NumPy's: "<f4", "|u1", "<U12"; "" for a structured type
  std::vector<int64_t> shape;  // [] for a single value
  bool column_major = false;   // the first index runs fastest ("Fortran order")
  size_t bytes = 0;            // before the first value

  [[nodiscard]] int64_t count() const;  // values in the array
};

// The header that `read(count)` gives piece by piece, each piece of exactly `count` bytes. Nothing where the bytes are
// no such header, or the array has more than 64 dimensions or bytes that could not be counted in 63
// bits.
std::optional<NpyHeader> npy_header(const std::function<std::string(size_t count)>& read);

}  // namespace refract
