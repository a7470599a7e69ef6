// Decoded pictures that stay on the disk, so that the next run maps them instead of decoding files again.
//
// A file whose path, size and time of last change are what they were counts as unchanged, as it does for make and git:
// its pixels and its SHA-256 are taken from the cache, and it is not read. Who changes a file and sets its time back
// must turn the cache off or delete it.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "refract/data/space.h"

namespace refract {

// What the system tells of a file without reading it.
struct FileStamp {
  int64_t size = -1;    // bytes; -1 where there is no regular file, which is never taken as unchanged
  int64_t changed = 0;  // nanoseconds since 1970
  bool operator==(const FileStamp&) const = default;
};
FileStamp stamp_of(const std::filesystem::path& file);

// What became of one file.
struct PictureRecord {
  std::string path;      // from the folder of the set
  FileStamp stamp;       // of before it was read
  std::string checksum;  // SHA-256, 64 digits; "" where it could not be read
  bool good = false;     // a picture
};

// The cache of the pictures of a folder in a space: a file of cache_folder(), named by a hash of both. Empty where that
// is. Raise the version whenever decode_image makes other pixels of a file than before.
inline constexpr int kDecoderVersion = 1;
std::filesystem::path picture_cache_file(const std::filesystem::path& folder, const Space& space);

// The pictures that are in a cache, mapped for reading. Any number of threads may use it; the file may be replaced or
// deleted meanwhile.
class KeptPictures {
 public:
  // Null where there is no file, or one that is damaged, cut short, or of another space.
  static std::shared_ptr<const KeptPictures> open(const std::filesystem::path& file, const Space& space);

  // Of an open file, which may be closed afterwards.
  static std::shared_ptr<const KeptPictures> map(int descriptor, const Space& space);

  KeptPictures(const KeptPictures&) = delete;
  KeptPictures& operator=(const KeptPictures&) = delete;
  ~KeptPictures();

  [[nodiscard]] const std::vector<PictureRecord>& records() const { return records_; }
  // [records, C, H, W] without gaps; of a record that is not good, any values.
  [[nodiscard]] const uint8_t* pictures() const { return pictures_; }

 private:
  KeptPictures(void* start, size_t bytes) : start_(start), bytes_(bytes) {}
  bool read(const Space& space);  // false where the file is not such a cache

  void* start_;
  size_t bytes_;
  const uint8_t* pictures_ = nullptr;
  std::vector<PictureRecord> records_;
};

// A cache that is being written. It has its name only once it is whole. Nothing here throws because of the disk:
// failure() says what went wrong first, and later calls do nothing.
class NewPictures {
 public:
  // Makes the folder and room in it; `records` need their paths alone. An empty `file` makes no cache.
  NewPictures(std::filesystem::path file, const std::vector<PictureRecord>& records, Space space);
  NewPictures(const NewPictures&) = delete;
  NewPictures& operator=(const NewPictures&) = delete;
  ~NewPictures();

  // The pixels of one record, [C, H, W]. Any number of threads may write.
  void write(int64_t record, const uint8_t* pixels);

  // Replaces the cache that was there, and maps the new one; null where something failed.
  std::shared_ptr<const KeptPictures> publish(const std::vector<PictureRecord>& records);

  // A sentence for the user; "" while nothing failed.
  [[nodiscard]] const std::string& failure() const { return failure_; }

 private:
  void begin(const std::vector<PictureRecord>& records);
  void put(const void* bytes, size_t count, uint64_t at);
  void fail(const std::string& why);
  void fail_as_system();

  std::filesystem::path file_;
  Space space_;
  std::string temporary_;
  int descriptor_ = -1;
  uint64_t pixels_at_ = 0;
  std::atomic<bool> works_ = false;
  std::mutex mutex_;
  std::string failure_;
};

}  // namespace refract
