// Decoding the images of a list, with what an earlier run left of them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "refract/core/progress.h"
#include "refract/core/tensor.h"
#include "refract/data/files/image_file.h"
#include "refract/data/files/picture_cache.h"

namespace refract {

struct ReadingPlan {
  const Paths& files;
  std::filesystem::path folder;  // that they lie in
  Space space;
  std::filesystem::path cache;  // file; empty for none
  bool skip_bad;                // bad files that the cache knows are not tried again
  int64_t limit;                // bytes of memory that decoded images may take where there is no cache
  const OnProgress& on_progress;
};

struct ImagesDecoded {
  std::vector<PictureRecord> records;  // of each file
  std::vector<std::string> errors;     // of each file; "" where it is good, or bad as the cache knows
  Tensor images;                       // [files, C, H, W] uint8, in memory or mapped; undefined where too large
  std::string note;                    // why there is no cache; "" where there is one or none is wanted
};

// Several threads read. Throws what `on_progress` throws.
ImagesDecoded decode_all(const ReadingPlan& plan);

}  // namespace refract
