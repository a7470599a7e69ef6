// The images of one folder, ready to be asked for by number.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "refract/core/progress.h"
#include "refract/core/tensor.h"
#include "refract/data/files/image_file.h"
#include "refract/data/source.h"

namespace refract {

// The meaning of an option that is false for How::cache.
inline constexpr const char* cache_meaning =
    "keep decoded pictures for the next run, in the folder that the environment variable REFRACT_CACHE names or in "
    "~/.cache/refract";

class ImageStore {
 public:
  static constexpr int64_t kLimit = int64_t{512} << 20;
  struct How {
    bool skip_bad = false;
    int64_t limit = kLimit;  // bytes of memory that all decoded images together may take
    OnProgress on_progress = {};
    bool cache = true;  // keep decoded images for the next run (picture_cache.h)
  };

  // Reads every image of `listed`, which lie below `folder`, once; those that the cache of the folder has as they are
  // now are not read. Decoded images are then mapped from the cache. Without one they stay in memory where all of them
  // together take at most `limit` bytes; otherwise each is decoded again whenever it is asked for. Throws BadInput as
  // read_image does; with `skip_bad`, bad files are left out and counted, and it throws only where none is good.
  ImageStore(const Paths& listed, const std::filesystem::path& folder, const Space& space, const How& how);

  // All that list_images finds in the folder, which throws too. Without a cache.
  ImageStore(const std::filesystem::path& folder, const Space& space, bool skip_bad, int64_t limit = kLimit)
      : ImageStore(list_images(folder), folder, space, {skip_bad, limit, {}, false}) {}

  [[nodiscard]] const Paths& files() const { return files_; }        // those that are good, as they were listed
  [[nodiscard]] const Indices& numbers() const { return numbers_; }  // of each of them: its place in the list
  [[nodiscard]] int64_t skipped() const { return skipped_; }
  [[nodiscard]] bool in_memory() const { return kept_.defined(); }  // or mapped
  [[nodiscard]] const std::string& note() const { return note_; }   // why there is no cache; "" where none is missed

  // SHA-256 of each file, and of the lines "SUM  PATH\n" of all, as `sha256sum` prints them, PATH relative to the
  // folder.
  [[nodiscard]] const std::vector<std::string>& checksums() const { return checksums_; }
  [[nodiscard]] const std::string& checksum() const { return checksum_; }

  // Image `index`, C x H x W floats in [-1, 1], to `out`. Any number of threads may read at once.
  void copy(int64_t index, float* out) const;

  // [N, C, H, W] uint8, not to be written to; undefined where too large.
  [[nodiscard]] Tensor bytes() const;

 private:
  Space space_;
  Paths files_;
  Indices numbers_;
  int64_t skipped_ = 0;
  std::vector<std::string> checksums_;
  std::string checksum_, note_;
  Tensor kept_;  // [listed, C, H, W] uint8; of bad files, any values
};

}  // namespace refract
