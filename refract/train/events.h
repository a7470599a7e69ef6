// TensorBoard event files of scalars.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "refract/train/metrics_log.h"

namespace refract {

// CRC-32C (Castagnoli; RFC 3720, B.4), and as TFRecord files store it: rotated and offset, so that a sum over data that
// holds sums stays meaningful.
uint32_t crc32c(std::string_view bytes);
uint32_t masked_crc32c(std::string_view bytes);

// One TFRecord: length (u64), its masked sum (u32), payload, its masked sum (u32); all little-endian.
std::string event_record(std::string_view payload);

class EventWriter {
 public:
  // Begins a new file "events.out.tfevents.SECONDS.HOST" in `folder`, which is made if it is missing. Values that
  // earlier files hold for `first_step` and later are declared superseded: TensorBoard drops them. Throws Error where
  // it cannot be written.
  EventWriter(const std::filesystem::path& folder, int64_t first_step);

  void scalars(int64_t step, const Terms& terms);

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  void append(const std::string& payload);

  std::filesystem::path path_;
  std::ofstream stream_;
};

}  // namespace refract
