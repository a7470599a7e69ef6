#include "refract/data/mnist.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "refract/core/errors.h"
#include "refract/data/idx.h"

namespace refract {
namespace {

// The file under whichever of its usual names it has; empty where there is none.
std::filesystem::path find(const std::filesystem::path& folder, const std::string& stem, const std::string& format) {
  for (const char* separator : {"-", "."})
    for (const char* ending : {"", ".gz"}) {
      const auto path = folder / (stem + separator + format + ending);
      std::error_code error;
      if (std::filesystem::is_regular_file(path, error)) return path;
    }
  return {};
}

std::filesystem::path require(const std::filesystem::path& folder, const std::string& stem, const std::string& format) {
  const auto path = find(folder, stem, format);
  if (path.empty())
    throw BadInput(
        fmt::format("Reading MNIST from {}: there is no file {}-{} (or .gz). The folder should hold the four "
                    "IDX files of MNIST or a relative.",
                    folder.string(), stem, format));
  return path;
}

Digits read_digits(const std::filesystem::path& folder, const std::string& part,
                   std::map<std::string, std::string>& checksums) {
  const auto images_path = require(folder, part + "-images", "idx3-ubyte");
  const auto labels_path = require(folder, part + "-labels", "idx1-ubyte");
  const IdxFile images = read_idx_images(images_path);
  const IdxFile labels = read_idx_labels(labels_path);
  if (images.data.size(0) != labels.data.size(0))
    throw BadInput(
        fmt::format("Reading MNIST from {}: {} has {} images, but {} has {} labels. Take both files from the "
                    "same distribution.",
                    folder.string(), images_path.filename().string(), images.data.size(0),
                    labels_path.filename().string(), labels.data.size(0)));
  checksums[part + "-images-idx3-ubyte"] = images.sha256;
  checksums[part + "-labels-idx1-ubyte"] = labels.sha256;
  return {images.data, labels.data.to(at::kLong)};
}

}  // namespace

bool holds_mnist(const std::filesystem::path& folder) {
  const std::array<std::string, 2> parts = {"train", "t10k"};
  return std::ranges::all_of(parts, [&](const std::string& part) {
    return !find(folder, part + "-images", "idx3-ubyte").empty() &&
           !find(folder, part + "-labels", "idx1-ubyte").empty();
  });
}

Mnist read_mnist(const std::filesystem::path& folder) {
  Mnist mnist;
  mnist.training = read_digits(folder, "train", mnist.checksums);
  mnist.test = read_digits(folder, "t10k", mnist.checksums);
  return mnist;
}

}  // namespace refract
