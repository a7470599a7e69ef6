// Data set `mnist`: digits as they are (LeCun et al. 2010), for methods that need no reference images. Classes: the
// digits. Relatives in its files (KMNIST, EMNIST) are read alike; their classes have numbers for names, or those of
// EMNIST's letters. Fashion-MNIST is a data set of its own (fashion_mnist.h).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "refract/core/options.h"
#include "refract/data/splits.h"

namespace refract {

struct PlainMnistOptions {
  int64_t size = 32;
  std::string to_size = "resize";
  PartOptions parts;
  std::string mnist_dir;    // "" looks at the environment variable MNIST_DIR, then data/mnist
  std::string emnist = "";  // see read_mnist
  Options describe();
  Options describe_images();  // those of size and parts alone, which data sets of relatives have too
};

// One channel, from 28x28 to size x size: resized (bilinearly to larger sizes, as Hajimiri et al. 2021, App. C; by area
// to smaller), or padded with black on all sides. The training part is unlabelled, the test part fits and scores the
// probes. Throws BadInput: files missing or damaged (see mnist.h), images not square or of two sizes, padding to a
// smaller size.
std::unique_ptr<DataSource> make_plain_mnist(const PlainMnistOptions& options);

// The same under another name, of the files in mnist_dir, which is not empty. Classes beyond `classes` are numbers.
std::unique_ptr<DataSource> make_mnist_relative(const std::string& name, const std::vector<std::string>& classes,
                                                const PlainMnistOptions& options);

}  // namespace refract
