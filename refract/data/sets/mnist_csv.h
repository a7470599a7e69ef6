// MNIST and its relatives as CSV files: a line for each image, its label and its pixels row by row.
#pragma once

#include <filesystem>
#include <string>

#include "refract/data/sets/digits.h"

namespace refract {

struct MnistCsv {
  Digits digits;       // without labels where the file has none: then only the images are defined
  std::string sha256;  // of the file
};

// With or without a heading; a heading names `label` first where there are labels. Without a heading a line is a label
// and a square number of pixels, or such a number of pixels alone. Throws BadInput naming file and line.
MnistCsv read_mnist_csv(const std::filesystem::path& file);

}  // namespace refract
