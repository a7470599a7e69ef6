// NumPy's archives, written: what `numpy.load(file)` opens without pickle (numpy.lib.format, version 1.0, in a ZIP
// archive).
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "refract/core/tensor.h"

namespace refract {

struct NpzArray {
  std::string name;  // the key under which NumPy finds it
  std::string npy;   // the bytes of a .npy file
};

// float32, C order. Text becomes a one-dimensional array of fixed-width Unicode strings; it is UTF-8 here, and bytes
// that are no UTF-8 become U+FFFD.
NpzArray npz_array(std::string name, const Tensor& values);
NpzArray npz_array(std::string name, const std::vector<std::string>& texts);

// The archive's bytes; entries are stored, not compressed, and equal arrays give equal bytes. Throws Error where libzip
// cannot make it, such as for two arrays of one name.
std::string npz(const std::vector<NpzArray>& arrays);

}  // namespace refract
