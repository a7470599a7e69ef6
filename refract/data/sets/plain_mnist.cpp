#include "refract/data/sets/plain_mnist.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/constant_pad_nd.h>
#include <fmt/format.h>

#include <utility>

#include "refract/core/errors.h"
#include "refract/data/files/place.h"
#include "refract/data/files/resize.h"
#include "refract/data/indexed_source.h"
#include "refract/data/sets/mnist.h"

namespace refract {
namespace {

// Both parts, [N, 1, S, S].
Tensor images_of(const Mnist& mnist, const std::filesystem::path& folder) {
  const Tensor& one = mnist.training.images;
  const Tensor& other = mnist.test.images;
  if (one.size(1) != one.size(2) || one.size(1) != other.size(1) || one.size(2) != other.size(2))
    throw BadInput(
        fmt::format("Reading MNIST from {}: expected square images of one size, found {}x{} in the training part and "
                    "{}x{} in the test part. Take all files from the same distribution.",
                    folder.string(), one.size(1), one.size(2), other.size(1), other.size(2)));
  return at::cat({one, other}).unsqueeze(1);
}

Tensor padded(const Tensor& images, int64_t size) {
  const int64_t margin = size - images.size(2);
  if (margin < 0)
    throw BadInput(
        fmt::format("Padding MNIST: images of {0}x{0} do not fit into {1}x{1}. Choose a size of at least "
                    "{0}, or to_size=resize.",
                    images.size(2), size));
  const int64_t before = margin / 2, after = margin - before;
  return at::constant_pad_nd(images, {before, after, before, after}, 0);
}

}  // namespace

Options PlainMnistOptions::describe_images() {
  Options options;
  options.add("size", size, "height and width of the images").range(8, 512).in("pixels");
  options.add("to_size", to_size, "how digits of 28x28 are brought to this size: resize, or pad with black")
      .one_of({"resize", "pad"});
  options.append(parts.describe());
  return options;
}

Options PlainMnistOptions::describe() {
  Options options = describe_images();
  options.add("emnist", emnist, emnist_meaning());
  options.add("mnist_dir", mnist_dir,
              "folder with IDX or CSV files of MNIST or a similar set, or torchvision's folder; empty: the environment "
              "variable MNIST_DIR, then data/mnist");
  return options;
}

std::unique_ptr<DataSource> make_mnist_relative(const std::string& name, const std::vector<std::string>& classes,
                                                const PlainMnistOptions& options) {
  const std::filesystem::path folder = options.mnist_dir;
  const Mnist mnist = read_mnist(folder, options.emnist);
  IndexedExamples all;
  all.info.name = name;
  all.info.space = Space::square(1, options.size);
  all.info.checksums = mnist.checksums;
  all.labels = at::cat({mnist.training.labels, mnist.test.labels});
  all.info.note = mnist.note;
  all.info.classes = mnist.classes.empty() ? classes : mnist.classes;
  const auto named = std::ssize(all.info.classes);
  for (int64_t c = named; c <= all.labels.max().item<int64_t>(); ++c) all.info.classes.push_back(fmt::format("{}", c));
  const Tensor images = images_of(mnist, folder);
  all.copy = from_bytes(options.to_size == "pad" ? padded(images, options.size) : resized(images, options.size));
  all.splits = splits_of(name, mnist.training.count(), mnist.test.count(), options.parts);
  return indexed_source(std::move(all));
}

std::unique_ptr<DataSource> make_plain_mnist(const PlainMnistOptions& options) {
  PlainMnistOptions placed = options;
  placed.mnist_dir = place_of(options.mnist_dir, "MNIST_DIR", std::filesystem::path("data") / "mnist").string();
  return make_mnist_relative("mnist", {}, placed);
}

}  // namespace refract
