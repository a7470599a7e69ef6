// Data set `cifar10`: small photographs of ten kinds of things (Krizhevsky 2009), without a reference set.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "refract/core/options.h"
#include "refract/data/splits.h"

namespace refract {

struct Cifar10Options {
  int64_t size = 32;
  PartOptions parts;
  std::string cifar10_dir;  // "" looks at the environment variable CIFAR10_DIR, then data/cifar10
  Options describe();
};

struct Cifar10 {
  Tensor images;         // [N, 3, 32, 32] uint8: those of the training part, then those of the test part
  Tensor labels;         // [N] int64, 0 .. 9
  int64_t training = 0;  // images in the training part
  std::map<std::string, std::string> checksums;
};

// The binary version: data_batch_1.bin to data_batch_5.bin and test_batch.bin, records of 3073 bytes (the label, then
// red, green and blue planes of 32x32); any number of records a file. Throws BadInput naming the file that is missing,
// holds no whole number of records, or has a label beyond 9.
Cifar10 read_cifar10(const std::filesystem::path& folder);

// Colour, resized where size is not 32 (see resize.h). The training part is unlabelled, the test part fits and scores
// the probes. Throws BadInput as read_cifar10 does.
std::unique_ptr<DataSource> make_cifar10(const Cifar10Options& options);

}  // namespace refract
