// What gzip packed.
#pragma once

#include <zlib.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace refract {

// By its first bytes, not by a name.
bool is_gzip(std::string_view bytes);

// The content of a gzip file of less than 4 GiB in pieces, each asked for by its size. A file may have several members,
// one behind the other, and zeros behind each (RFC 1952, 2.2; what tapes and block devices pad with).
class Inflater {
 public:
  explicit Inflater(std::string_view packed);  // which has to stay where it is
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  ~Inflater() { inflateEnd(&stream_); }

  // Appends at most `size` bytes. Fewer: the content ended; `damaged` tells whether before its checksum.
  void read(std::string& bytes, uint64_t size);

  // Passes over at most `size` bytes, which are not held, and says how many there were.
  uint64_t pass_over(uint64_t size);

  [[nodiscard]] bool damaged() const { return !ok_; }

 private:
  // Calls use() with each piece of at most `size` bytes in all.
  template <class Use>
  void take(uint64_t size, Use use);
  void next_member();

  z_stream stream_{};
  bool ok_ = false;
  bool ended_ = false;
};

}  // namespace refract
