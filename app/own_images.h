// Pictures that the user names on the command line.
#pragma once

#include <string>
#include <vector>

#include "refract/data/image_file.h"

namespace CLI {
class App;
}

namespace refract {

// The arguments IMAGES... (files and folders) and --skip-bad-images.
struct OwnImages {
  std::vector<std::string> paths;
  bool skip_bad = false;

  void declare(CLI::App& app, bool required = true);

  // The named images, fitted to `shape` as for training. Says on standard error how many were left out. Throws BadInput
  // as list_images and read_images do.
  [[nodiscard]] ImagesRead read(const ImageShape& shape) const;

  // The class of each of these files, which read() gave: the first folder below the named one. Empty where a file lies
  // in no such sub-folder, or all lie in one.
  [[nodiscard]] std::vector<std::string> classes(const Paths& files) const;
};

}  // namespace refract
