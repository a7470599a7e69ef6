// Data set `cifar10`: small photographs of ten kinds of things (Krizhevsky 2009), without a reference set.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "refract/core/options.h"
#include "refract/core/progress.h"
#include "refract/data/files/image_store.h"
#include "refract/data/splits.h"

namespace refract {

struct Cifar10Options {
  int64_t size = 32;
  PartOptions parts;
  bool skip_bad_images = false;  // image files that cannot be read are left out and counted
  bool cache = true;             // see picture_cache.h
  std::string cifar10_dir;       // "" looks at the environment variable CIFAR10_DIR, then data/cifar10
  Options describe();
};

struct Cifar10 {
  Tensor images;         // [N, 3, 32, 32] uint8: those of the training part, then those of the test part
  Tensor labels;         // [N] int64, 0 .. 9
  int64_t training = 0;  // images in the training part
  std::map<std::string, std::string> checksums;
  std::string note;  // how many bad files were left out, and why there is no cache of decoded pictures; "" for neither
};

// From either of
//   the binary version, in the folder or in cifar-10-batches-bin in it: data_batch_1.bin to data_batch_5.bin and
//   test_batch.bin, records of 3073 bytes (the label, then red, green and blue planes of 32x32); any number of records
//   a file;
//   image files in a folder for each class, train/airplane/0000.jpg and test/airplane/0000.jpg, resized to 32x32 where
//   they are larger. Within a part they are ordered by class, then by name.
// Throws BadInput naming the file that is missing, holds no whole number of records, has a label beyond 9 or is no
// image, or the folder of a class that is missing, empty or of no class of CIFAR-10. `how`: of image files; its limit
// is not asked.
Cifar10 read_cifar10(const std::filesystem::path& folder, const ImageStore::How& how = {.cache = false});

// "airplane", "automobile" ... in the order of their labels.
const std::vector<std::string>& cifar10_classes();

// Colour, resized where size is not 32 (see resize.h). The training part is unlabelled, the test part fits and scores
// the probes. Throws BadInput as read_cifar10 does.
std::unique_ptr<DataSource> make_cifar10(const Cifar10Options& options, const OnProgress& on_progress = {});

}  // namespace refract
