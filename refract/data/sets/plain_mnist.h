// Data set `mnist`: digits as they are (LeCun et al. 2010), for methods that need no reference images. Classes: the
// digits. Relatives in its files (Fashion-MNIST, KMNIST, EMNIST) are read alike; their classes have numbers for names,
// or those of EMNIST's letters.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

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
};

// One channel, from 28x28 to size x size: resized (bilinearly to larger sizes, as Hajimiri et al. 2021, App. C; by area
// to smaller), or padded with black on all sides. The training part is unlabelled, the test part fits and scores the
// probes. Throws BadInput: files missing or damaged (see mnist.h), images not square or of two sizes, padding to a
// smaller size.
std::unique_ptr<DataSource> make_plain_mnist(const PlainMnistOptions& options);

}  // namespace refract
