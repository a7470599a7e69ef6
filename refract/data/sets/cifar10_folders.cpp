#include "refract/data/sets/cifar10_folders.h"

#include <ATen/ops/tensor.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "refract/core/errors.h"
#include "refract/data/files/image_store.h"

namespace refract {
namespace {

namespace fs = std::filesystem;

// Adds the pictures of a part, class by class in the order of the labels, and the label of each.
void add_part_of(const fs::path& part, Paths& listed, std::vector<int64_t>& labels) {
  const std::vector<std::string>& classes = cifar10_classes();
  std::set<std::string> found;
  std::error_code ignored;
  for (fs::directory_iterator at(part, ignored); at != fs::directory_iterator(); at.increment(ignored))
    if (const std::string name = at->path().filename().string(); at->is_directory(ignored) && !name.starts_with('.'))
      found.insert(name);
  if (found != std::set<std::string>(classes.begin(), classes.end()))
    throw BadInput(fmt::format(
        "Reading CIFAR-10 from {}: expected a folder for each of the classes {}, found {}. Unpack the "
        "archive again, or move other folders away.",
        part.string(), fmt::join(classes, ", "), found.empty() ? "none" : fmt::format("{}", fmt::join(found, ", "))));
  for (size_t c = 0; c < classes.size(); ++c) {
    const Paths files = list_images(part / classes[c]);
    listed.insert(listed.end(), files.begin(), files.end());
    labels.resize(listed.size(), static_cast<int64_t>(c));
  }
}

}  // namespace

std::optional<Cifar10> cifar10_of_folders(const fs::path& folder, const ImageStore::How& how) {
  if (!fs::is_directory(folder / "train")) return {};
  Paths listed;
  std::vector<int64_t> labels;
  add_part_of(folder / "train", listed, labels);
  const int64_t training = std::ssize(listed);
  add_part_of(folder / "test", listed, labels);
  ImageStore::How whole = how;
  whole.limit = int64_t{1} << 40;  // 3 kB each are held in memory, however many
  const ImageStore images(listed, folder, Space::square(3, kCifar10Side), whole);
  const Indices& good = images.numbers();
  Cifar10 read;
  read.training = std::lower_bound(good.begin(), good.end(), training) - good.begin();
  read.images = images.bytes();
  read.labels = at::tensor(labels, at::kLong).index_select(0, at::tensor(good, at::kLong));
  read.checksums[fmt::format("images ({} files)", good.size())] = images.checksum();
  if (images.skipped() > 0)
    read.note = fmt::format("{} of {} images of CIFAR-10 are bad and were left out.", images.skipped(), listed.size());
  if (!images.note().empty()) read.note += (read.note.empty() ? "" : " ") + images.note();
  return read;
}

}  // namespace refract
