// Data set `folders`: the user's own images. How they are fitted to one size stands in image_file.h.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "refract/core/options.h"
#include "refract/core/progress.h"
#include "refract/data/source.h"

namespace refract {

struct ImageFolderOptions {
  std::string reference;   // folder; "" for methods that need no reference images
  std::string unlabelled;  // folder
  PictureSize size;
  std::string fit = "crop";  // pad, stretch: see Fit
  int64_t channels = 3;
  bool skip_bad_images = false;
  bool class_folders = true;
  double hold_out_references = 0;  // a fraction
  int64_t data_seed = 1;
  bool cache = true;  // see picture_cache.h
  Options describe();
};

// Images in order of their paths. Sub-folders of `unlabelled` are classes where there are at least two and no image
// lies beside them, unless class_folders is false: labels are then their names in order, a tenth of each class (rounded
// down), drawn by data_seed, is held out to fit the probes and another tenth to score them; nothing is held out where
// fewer than two classes have ten images. Otherwise every unlabelled image is for training. Of the references, one half
// of hold_out_references (rounded down) is reference_fit, the other half reference_score. info().note says why there
// are no classes, or which are too small, or how many files were skipped, and names images that both sets hold
// (overlap.h); info().ignored has what else lies in the folders. Throws BadInput: no unlabelled folder named, the same
// folder twice, a folder that is missing, empty or unreadable, a bad image (see image_store.h).
std::unique_ptr<DataSource> make_image_folder(const ImageFolderOptions& options, const OnProgress& on_progress = {});

}  // namespace refract
