// Data set `fashion-mnist`: pictures of ten kinds of clothes in the files of MNIST (Xiao et al. 2017), without a
// reference set.
#pragma once

#include <memory>
#include <string>

#include "refract/data/sets/plain_mnist.h"

namespace refract {

struct FashionMnistOptions {
  PlainMnistOptions images;       // mnist_dir and emnist are left alone
  std::string fashion_mnist_dir;  // "" looks at the environment variable FASHION_MNIST_DIR, then data/fashion_mnist
  Options describe();
};

// As make_plain_mnist, with the names of the clothes as classes. Throws BadInput as it does; where the folder has no
// such files at all, the sentence names the four.
std::unique_ptr<DataSource> make_fashion_mnist(const FashionMnistOptions& options);

}  // namespace refract
