#include "refract/data/sets/fashion_mnist.h"

#include <fmt/format.h>

#include <filesystem>

#include "refract/core/errors.h"
#include "refract/data/files/place.h"
#include "refract/data/sets/mnist_layout.h"

namespace refract {

Options FashionMnistOptions::describe() {
  Options options = images.describe_images();
  options.add("fashion_mnist_dir", fashion_mnist_dir,
              "folder with the four IDX files of Fashion-MNIST, packed with gzip or not; left empty: the environment "
              "variable FASHION_MNIST_DIR, then data/fashion_mnist");
  return options;
}

std::unique_ptr<DataSource> make_fashion_mnist(const FashionMnistOptions& options) {
  const std::filesystem::path folder =
      place_of(options.fashion_mnist_dir, "FASHION_MNIST_DIR", std::filesystem::path("data") / "fashion_mnist");
  if (mnist_files_in(mnist_folder(folder)).empty())
    throw BadInput(fmt::format(
        "Reading Fashion-MNIST from {}: expected train-images-idx3-ubyte, train-labels-idx1-ubyte, "
        "t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte, each packed with gzip (.gz) or not, found none of them. "
        "tools/get_fashion_mnist.sh puts them into data/fashion_mnist; or name their folder with --fashion_mnist_dir.",
        folder.string()));
  PlainMnistOptions placed = options.images;
  placed.mnist_dir = folder.string();
  return make_mnist_relative(
      "fashion-mnist",
      {"T-shirt or top", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"},
      placed);
}

}  // namespace refract
