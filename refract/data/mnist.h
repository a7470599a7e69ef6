// MNIST and data sets in its layout (Fashion-MNIST, KMNIST): four IDX files in a folder.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "refract/data/digits.h"

namespace refract {

struct Mnist {
  Digits training;
  Digits test;
  std::map<std::string, std::string> checksums;  // "PART-images-idx3-ubyte" to SHA-256 of the file, unpacked
};

// Whether all four files are there: {train,t10k}-images-idx3-ubyte and {train,t10k}-labels-idx1-ubyte, also with a dot
// before idx, and with or without .gz.
bool holds_mnist(const std::filesystem::path& folder);

// Throws BadInput: a file missing (naming it and its folder), damaged (see idx.h), or images and labels that differ in
// number.
Mnist read_mnist(const std::filesystem::path& folder);

}  // namespace refract
