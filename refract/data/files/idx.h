// IDX, the file format of MNIST and its relatives (http://yann.lecun.com/exdb/mnist), plain or gzip.
#pragma once

#include <filesystem>
#include <string>

#include "refract/core/tensor.h"

namespace refract {

struct IdxFile {
  Tensor data;         // uint8: [N, H, W] images or [N] labels
  std::string sha256;  // of the file, unpacked where it is gzip
};

// Gzip is told by content, not by name, and may have several members and zeros behind them. Each throws BadInput with a
// sentence for a file that is missing, truncated, of the other kind or no IDX at all, longer than its header says, or
// of absurd dimensions (no images, sides over 4096 pixels, over 1 GiB). Memory grows with what the file holds, never by
// its header alone.
IdxFile read_idx_images(const std::filesystem::path& path);  // magic number 0x803
IdxFile read_idx_labels(const std::filesystem::path& path);  // magic number 0x801

}  // namespace refract
