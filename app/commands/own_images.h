// Pictures that the user names on the command line.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "refract/core/progress.h"
#include "refract/data/files/image_file.h"
#include "refract/model/model.h"

namespace CLI {
class App;
}

namespace refract {

struct EncodedImages {
  Tensor images;  // [N, C, H, W] uint8, fitted to the model's space as in training; undefined where nobody asked
  Codes codes;    // on the CPU
  Paths files;    // one for each image
  Paths skipped;  // what could not be read
};

// Images [N, C, H, W] uint8 in the units of a model's space.
Tensor as_floats(const Tensor& images);

// The arguments IMAGES... (files and folders) and --skip-bad-images.
struct OwnImages {
  std::vector<std::string> paths;
  bool skip_bad = false;

  void declare(CLI::App& app, bool required = true);
  // --skip-bad-images alone, for a command that takes images by other names.
  void declare_skipping(CLI::App& app);

  // Other files and folders, to be read in the same way.
  [[nodiscard]] OwnImages with(const std::vector<std::string>& other_paths) const;

  // The files that are named, folders searched. Throws BadInput as list_images does.
  [[nodiscard]] Paths files() const;

  // Reads and encodes the files slice by slice: only codes are held of all of them, and, where `keep_images`, a byte
  // for each value. Says on standard error how far it is and how many were left out. Throws BadInput: a bad file
  // (naming --skip-bad-images where the command has it), or, where these are skipped, no good one.
  [[nodiscard]] EncodedImages encoded(const Model& model, const Paths& files, bool keep_images) const;

  // The same without codes, for a model of this space: `images` are kept.
  [[nodiscard]] EncodedImages read(const Space& space, const Paths& files) const;

  // The class of each of these files: the first folder below the named one. Empty where a file lies in no such
  // sub-folder, or all lie in one.
  [[nodiscard]] std::vector<std::string> classes(const Paths& files) const;

 private:
  using UseImages = std::function<void(const std::vector<Tensor>& images)>;  // [C, H, W] uint8 each
  [[nodiscard]] EncodedImages in_slices(const Space& space, const Paths& files, const UseImages& use) const;

  bool may_skip_ = false;
};

}  // namespace refract
