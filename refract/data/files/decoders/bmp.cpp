// BMP through OpenCV.
#include <fmt/format.h>

#include <cstdlib>
#include <iostream>
#include <mutex>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>

#include "refract/data/files/decoders/image_decoders.h"

namespace refract {
namespace {

// Little-endian, as all of the header.
int64_t number(std::string_view bytes, size_t at, size_t length) {
  uint64_t value = 0;
  for (size_t i = length; i-- > 0;) value = value << 8U | static_cast<unsigned char>(bytes.at(at + i));
  return length == 4 ? static_cast<int32_t>(value) : static_cast<int64_t>(value);
}

struct Header {
  int64_t width, height, bits, pixels_at;
  bool packed;  // runs of equal pixels
  bool usual;   // what OpenCV reads without a word
};

Header read_header(std::string_view bytes) {
  constexpr size_t old_size = 26, size = 54;  // OS/2's and Windows'
  constexpr int plain = 0, runs = 1, short_runs = 2, masks = 3;
  if (bytes.size() < old_size) throw Undecodable("it is truncated");
  const int64_t pixels_at = number(bytes, 10, 4);
  if (number(bytes, 14, 4) == 12)
    return {number(bytes, 18, 2), number(bytes, 20, 2), number(bytes, 24, 2), pixels_at, false, true};
  if (bytes.size() < size) throw Undecodable("it is truncated");
  const int64_t packing = number(bytes, 30, 4), length = number(bytes, 14, 4);
  return {number(bytes, 18, 4),
          std::abs(number(bytes, 22, 4)),
          number(bytes, 28, 2),
          pixels_at,
          packing == runs || packing == short_runs,
          length >= 40 && (packing == plain || packing == masks)};
}

void check_length(std::string_view bytes, const Header& header) {
  const int64_t row = (header.width * header.bits + 31) / 32 * 4;
  const int64_t there = static_cast<int64_t>(bytes.size()) - header.pixels_at;
  if (header.pixels_at < 0 || there < (header.packed ? 0 : row * header.height)) throw Undecodable("it is truncated");
}

cv::Mat decode(std::string_view bytes) {
  const cv::Mat buffer(1, static_cast<int>(bytes.size()), CV_8U, const_cast<char*>(bytes.data()));  // is only read
  return cv::imdecode(buffer, cv::IMREAD_ANYCOLOR);  // without opacity, which is often left at 0
}

// While it stands nothing is written on std::cerr, where OpenCV says what is wrong.
class QuietErrors {
 public:
  QuietErrors() : lock_(one()), before_(std::cerr.rdbuf(nullptr)) {}
  QuietErrors(const QuietErrors&) = delete;
  QuietErrors& operator=(const QuietErrors&) = delete;
  ~QuietErrors() { std::cerr.rdbuf(before_); }

 private:
  static std::mutex& one() {
    static std::mutex mutex;
    return mutex;
  }
  std::lock_guard<std::mutex> lock_;
  std::streambuf* before_;
};

cv::Mat decode_quietly(std::string_view bytes) {
  const QuietErrors quiet;
  return decode(bytes);
}

}  // namespace

Picture decode_bmp(std::string_view bytes) {
  const Header header = read_header(bytes);
  auto room = room_for(header.width, header.height);
  check_length(bytes, header);
  const cv::Mat pixels = header.usual ? decode(bytes) : decode_quietly(bytes);
  if (pixels.empty()) throw Undecodable("it is damaged, or of a kind of BMP that is not read");
  return {pixels, 1, std::move(room)};
}

}  // namespace refract
