// The images of one folder, ready to be asked for by number.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "refract/core/tensor.h"
#include "refract/data/image_file.h"

namespace refract {

class ImageStore {
 public:
  // Reads every image below `folder` once. Decoded images stay in memory at their final size where all of them together
  // take at most `limit` bytes; otherwise each is decoded again whenever it is asked for. Throws BadInput as
  // list_images and read_image do; with `skip_bad`, bad files are left out and counted, and it throws only where none
  // is good.
  static constexpr int64_t kLimit = int64_t{512} << 20;
  ImageStore(const std::filesystem::path& folder, const ImageShape& shape, bool skip_bad, int64_t limit = kLimit);

  [[nodiscard]] const Paths& files() const { return files_; }  // in order of their paths
  [[nodiscard]] int64_t skipped() const { return skipped_; }
  [[nodiscard]] bool in_memory() const { return kept_.defined(); }

  // SHA-256 of the lines "SUM  PATH\n" of all good files, as `sha256sum` prints them, PATH relative to the folder.
  [[nodiscard]] const std::string& checksum() const { return checksum_; }

  // Image `index`, C x S x S floats in [-1, 1], to `out`. Any number of threads may read at once.
  void copy(int64_t index, float* out) const;

 private:
  ImageShape shape_;
  Paths files_;
  int64_t skipped_ = 0;
  std::string checksum_;
  Tensor kept_;  // [N, C, S, S] uint8; undefined where too large
};

}  // namespace refract
