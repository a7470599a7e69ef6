// Files that are either whole or not there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace refract {

// Writes beside `path`, flushes to the disk, then renames: a reader, or a kill at any moment, sees the old file or the
// new one, never a part. Throws Error (what was being written, the system's reason); the old file is then untouched and
// no temporary file is left.
void write_file(const std::filesystem::path& path, std::string_view bytes);

// A path to create: "runs/a/" is "runs/a".
std::filesystem::path without_slash(const std::filesystem::path& path);

// A folder that is either whole or not there: files are written below path(), which lies beside the target and is
// removed at the end, unless publish() has given it the target's name by then. Both throw Error with the system's
// reason.
class NewFolder {
 public:
  explicit NewFolder(const std::filesystem::path& target);
  NewFolder(const NewFolder&) = delete;
  NewFolder& operator=(const NewFolder&) = delete;
  ~NewFolder();

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  void publish();

 private:
  [[noreturn]] void fail(const std::error_code& error) const;

  std::filesystem::path target_, path_;
};

// What one file may take in memory where nothing else is said.
inline constexpr size_t most_file_bytes = size_t{4} << 30;

// The whole file. Throws BadInput where it is missing, unreadable or longer than `most` bytes. A longer file is not
// read then, and a device without end no further.
std::string read_file(const std::filesystem::path& path, size_t most = most_file_bytes);

// Hexadecimal SHA-256 of the bytes, and CRC-32 (zlib's polynomial) continued from `crc`.
std::string sha256(std::string_view bytes);
uint32_t crc32(std::string_view bytes, uint32_t crc = 0);

}  // namespace refract
