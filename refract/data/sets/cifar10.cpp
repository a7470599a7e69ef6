#include "refract/data/sets/cifar10.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/from_blob.h>
#include <fmt/format.h>

#include <vector>

#include "refract/core/errors.h"
#include "refract/core/files.h"
#include "refract/data/files/place.h"
#include "refract/data/files/resize.h"
#include "refract/data/indexed_source.h"
#include "refract/data/sets/cifar10_folders.h"

namespace refract {
namespace {

constexpr int64_t kPictureSide = kCifar10Side;
constexpr int64_t kRecord = 1 + 3 * kPictureSide * kPictureSide;

// The records of a file, [N, 3073] uint8.
Tensor read_batch(const std::filesystem::path& file, std::map<std::string, std::string>& checksums) {
  if (!std::filesystem::exists(file))
    throw BadInput(
        fmt::format("Reading CIFAR-10: there is no file {}. Unpack the binary version (cifar-10-binary.tar.gz from "
                    "https://www.cs.toronto.edu/~kriz/cifar.html) and name its folder with --cifar10_dir; folders of "
                    "images (train/airplane/0000.jpg, test/airplane/0000.jpg) are read, too.",
                    file.string()));
  std::string bytes = read_file(file);
  const auto length = static_cast<int64_t>(bytes.size());
  if (length == 0 || length % kRecord != 0)
    throw BadInput(
        fmt::format("Reading {}: expected records of {} bytes each, found {} bytes in all. It is truncated or no batch "
                    "of CIFAR-10's binary version; fetch it again.",
                    file.string(), kRecord, length));
  Tensor records = at::from_blob(bytes.data(), {length / kRecord, kRecord}, at::kByte).clone();
  if (const auto largest = records.select(1, 0).max().item<int64_t>(); largest >= std::ssize(cifar10_classes()))
    throw BadInput(fmt::format("Reading {}: expected labels from 0 to {}, found {}. Fetch it again.", file.string(),
                               cifar10_classes().size() - 1, largest));
  checksums[file.filename().string()] = sha256(bytes);
  return records;
}

Cifar10 cifar10_of_batches(const std::filesystem::path& folder) {
  Cifar10 read;
  std::vector<Tensor> batches;
  for (int i = 1; i <= 5; ++i) {
    batches.push_back(read_batch(folder / fmt::format("data_batch_{}.bin", i), read.checksums));
    read.training += batches.back().size(0);
  }
  batches.push_back(read_batch(folder / "test_batch.bin", read.checksums));
  const Tensor records = at::cat(batches);
  read.labels = records.select(1, 0).to(at::kLong);
  read.images = records.slice(1, 1).contiguous().view({-1, 3, kPictureSide, kPictureSide});
  return read;
}

}  // namespace

const std::vector<std::string>& cifar10_classes() {
  static const std::vector<std::string> classes = {"airplane", "automobile", "bird",  "cat",  "deer",
                                                   "dog",      "frog",       "horse", "ship", "truck"};
  return classes;
}

Cifar10 read_cifar10(const std::filesystem::path& folder, const ImageStore::How& how) {
  if (auto pictures = cifar10_of_folders(folder, how)) return *std::move(pictures);
  const std::filesystem::path below = folder / "cifar-10-batches-bin";
  return cifar10_of_batches(std::filesystem::is_directory(below) ? below : folder);
}

Options Cifar10Options::describe() {
  Options options;
  options.add("size", size, "height and width that images are resized to").range(8, 512).in("pixels");
  options.append(parts.describe());
  options.add("skip_bad_images", skip_bad_images, "leave out and count image files that cannot be read");
  options.add("cache", cache, cache_meaning);
  options.add("cifar10_dir", cifar10_dir,
              "folder of data_batch_1.bin to data_batch_5.bin and test_batch.bin, or of folders of images as "
              "train/airplane and test/airplane; left empty: the environment variable CIFAR10_DIR, then data/cifar10");
  return options;
}

std::unique_ptr<DataSource> make_cifar10(const Cifar10Options& options, const OnProgress& on_progress) {
  const Cifar10 read =
      read_cifar10(place_of(options.cifar10_dir, "CIFAR10_DIR", std::filesystem::path("data") / "cifar10"),
                   {.skip_bad = options.skip_bad_images, .on_progress = on_progress, .cache = options.cache});
  IndexedExamples all;
  all.info.name = "cifar10";
  all.info.space = Space::square(3, options.size);
  all.info.classes = cifar10_classes();
  all.info.checksums = read.checksums;
  all.info.note = read.note;
  all.labels = read.labels;
  all.copy = from_bytes(resized(read.images, options.size));
  all.splits = splits_of(all.info.name, read.training, read.labels.size(0) - read.training, options.parts);
  return indexed_source(std::move(all));
}

}  // namespace refract
