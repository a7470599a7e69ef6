#include "refract/data/sets/mnist.h"

#include <ATen/ops/tensor.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "refract/core/errors.h"
#include "refract/core/random.h"
#include "refract/data/files/idx.h"
#include "refract/data/order.h"
#include "refract/data/sets/mnist_csv.h"
#include "refract/data/sets/mnist_layout.h"

namespace refract {
namespace {

namespace fs = std::filesystem;

bool is_whole(const MnistFiles& files) {
  if (files.csv) return true;
  return std::ranges::none_of(
      std::vector{files.training.images, files.training.labels, files.test.images, files.test.labels},
      [](const fs::path& path) { return path.empty(); });
}

const fs::path& require(const fs::path& path, const fs::path& folder, const std::string& name) {
  if (path.empty())
    throw BadInput(fmt::format("Reading MNIST from {}: there is no file {} (or .gz) beside the others. Fetch it too.",
                               folder.string(), name));
  return path;
}

Digits read_idx(const MnistPart& part, const fs::path& folder, std::map<std::string, std::string>& checksums) {
  const std::string images_name = part.name + "-images-idx3-ubyte", labels_name = part.name + "-labels-idx1-ubyte";
  const fs::path images_path = require(part.images, folder, images_name);
  const fs::path labels_path = require(part.labels, folder, labels_name);
  const IdxFile images = read_idx_images(images_path);
  const IdxFile labels = read_idx_labels(labels_path);
  if (images.data.size(0) != labels.data.size(0))
    throw BadInput(
        fmt::format("Reading MNIST from {}: {} has {} images, but {} has {} labels. Take both files from the "
                    "same distribution.",
                    folder.string(), images_path.filename().string(), images.data.size(0),
                    labels_path.filename().string(), labels.data.size(0)));
  checksums[images_name] = images.sha256;
  checksums[labels_name] = labels.sha256;
  return {images.data, labels.data.to(at::kLong)};
}

// Nothing where the file is not there or has no labels.
Digits read_csv(const MnistPart& part, std::map<std::string, std::string>& checksums) {
  if (part.images.empty()) return {};
  MnistCsv read = read_mnist_csv(part.images);
  if (!read.digits.labels.defined()) return {};
  checksums[part.images.filename().string()] = read.sha256;
  return std::move(read.digits);
}

Digits chosen(const Digits& digits, Indices numbers) {
  std::sort(numbers.begin(), numbers.end());
  const Tensor rows = at::tensor(numbers, at::kLong);
  return {digits.images.index_select(0, rows), digits.labels.index_select(0, rows)};
}

void draw_test(Mnist& mnist, const MnistFiles& files) {
  if (mnist.test.count() > 0) return;
  const int64_t count = mnist.training.count(), quarter = count / 4;
  const Indices order = permutation(count, mix(1, Stream::render));
  mnist.test = chosen(mnist.training, {order.begin(), order.begin() + quarter});
  mnist.training = chosen(mnist.training, {order.begin() + quarter, order.end()});
  mnist.note = fmt::format("{}.csv {}: a quarter of {}.csv, {} images, is held out as test part.", files.test.name,
                           files.test.images.empty() ? "is not there" : "has no labels", files.training.name, quarter);
}

// The names of EMNIST's classes (Cohen et al. 2017): digits, capitals, and the small letters that are not merged with
// theirs.
std::vector<std::string> class_names(const std::string& emnist) {
  std::string all;
  if (emnist == "letters") all = "abcdefghijklmnopqrstuvwxyz";
  if (emnist == "byclass") all = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  if (emnist == "balanced" || emnist == "bymerge") all = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabdefghnqrt";
  std::vector<std::string> names;
  for (const char letter : all) names.emplace_back(1, letter);
  return names;
}

void turn_upright(Digits& digits) {
  if (digits.count() > 0) digits.images = digits.images.transpose(1, 2).contiguous();
}

void mend_emnist(Mnist& mnist, const std::string& emnist) {
  turn_upright(mnist.training);
  turn_upright(mnist.test);
  const bool from_one = emnist == "letters" && mnist.training.labels.min().item<int64_t>() > 0;
  for (Digits* part : {&mnist.training, &mnist.test})
    if (from_one && part->count() > 0) part->labels = part->labels - 1;
  std::vector<std::string> names = class_names(emnist);
  int64_t largest = 0;
  for (const Digits* part : {&mnist.training, &mnist.test})
    if (part->count() > 0) largest = std::max(largest, part->labels.max().item<int64_t>());
  if (largest < std::ssize(names)) mnist.classes = std::move(names);
}

[[noreturn]] void refuse_none(const fs::path& folder) {
  throw BadInput(
      fmt::format("Reading MNIST from {}: expected the four IDX files of MNIST or a relative "
                  "(train-images-idx3-ubyte and so on, packed with gzip or not), in the folder or as torchvision has "
                  "them (MNIST/raw), those of EMNIST (emnist-letters-train-images-idx3-ubyte), or CSV files "
                  "(train.csv and test.csv, mnist_train.csv and mnist_test.csv), found none of them.",
                  folder.string()));
}

std::string set_name(const MnistFiles& files) {
  return files.emnist.empty() ? files.training.name : files.emnist;
}

const MnistFiles& chosen(const std::vector<MnistFiles>& sets, const std::string& emnist, const fs::path& folder) {
  if (sets.empty()) refuse_none(folder);
  const auto wanted = [&](const MnistFiles& set) { return set.emnist == emnist; };
  if (std::count_if(sets.begin(), sets.end(), wanted) == 1) return *std::find_if(sets.begin(), sets.end(), wanted);
  if (emnist.empty() && sets.size() == 1) return sets.front();
  std::vector<std::string> names(sets.size());
  std::transform(sets.begin(), sets.end(), names.begin(), set_name);
  throw BadInput(
      fmt::format("Reading MNIST from {}: {}, found {}. Choose one of EMNIST's with "
                  "--emnist, or name a folder that has one set alone.",
                  folder.string(), emnist.empty() ? "expected one set" : fmt::format("expected EMNIST's '{}'", emnist),
                  fmt::join(names, ", ")));
}

}  // namespace

bool holds_mnist(const fs::path& folder) try {
  const std::vector<MnistFiles> sets = mnist_files_in(mnist_folder(folder));
  return std::any_of(sets.begin(), sets.end(), is_whole);
} catch (const BadInput&) {
  return false;
}

Mnist read_mnist(const fs::path& folder, const std::string& emnist) {
  const fs::path place = mnist_folder(folder);
  const std::vector<MnistFiles> sets = mnist_files_in(place);
  const MnistFiles& files = chosen(sets, emnist, folder);
  Mnist mnist;
  if (files.csv) {
    mnist.training = read_csv(files.training, mnist.checksums);
    mnist.test = read_csv(files.test, mnist.checksums);
    draw_test(mnist, files);
  } else {
    mnist.training = read_idx(files.training, place, mnist.checksums);
    mnist.test = read_idx(files.test, place, mnist.checksums);
  }
  if (!files.emnist.empty()) mend_emnist(mnist, files.emnist);
  return mnist;
}

std::string emnist_meaning() {
  return "set of EMNIST to read from a folder with several: balanced, byclass, bymerge, digits, letters or mnist";
}

}  // namespace refract
