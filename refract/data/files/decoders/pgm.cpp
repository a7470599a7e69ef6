// PGM (Netpbm), binary, read here: OpenCV prints what is wrong with one.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "refract/data/files/decoders/image_decoders.h"

namespace refract {
namespace {

// What stands before the pixels: numbers in decimal, blanks between them, and comments up to the end of a line.
class PgmHeader {
 public:
  explicit PgmHeader(std::string_view bytes) : bytes_(bytes) {}

  int64_t number() {
    pass_blanks();
    int64_t value = 0;
    const size_t first = at_;
    for (; at_ < bytes_.size() && std::isdigit(byte()) != 0 && value <= kMostPixels; ++at_)
      value = 10 * value + (byte() - '0');
    if (at_ >= bytes_.size()) throw Undecodable("it is truncated");
    if (at_ == first) throw Undecodable("its header is damaged");
    return value;
  }

  // What follows the one blank after the last number.
  [[nodiscard]] std::string_view pixels() const { return bytes_.substr(at_ + 1); }

 private:
  [[nodiscard]] unsigned char byte() const { return static_cast<unsigned char>(bytes_[at_]); }

  void pass_blanks() {
    for (bool comment = false; at_ < bytes_.size(); ++at_) {
      if (byte() == '#') comment = true;
      if (byte() == '\n') comment = false;
      if (!comment && std::isspace(byte()) == 0) return;
    }
  }

  std::string_view bytes_;
  size_t at_ = 2;  // after P5
};

}  // namespace

Picture decode_pgm(std::string_view bytes) {
  PgmHeader header(bytes);
  const int64_t width = header.number(), height = header.number(), white = header.number();
  if (white < 1 || white > 65535) throw Undecodable(fmt::format("its header says that {} is white", white));
  Picture picture;
  picture.room = room_for(width, height);
  const int64_t size = white > 255 ? 2 : 1;
  const std::string_view pixels = header.pixels();
  if (std::ssize(pixels) < width * height * size) throw Undecodable("it is truncated");
  picture.pixels.create(static_cast<int>(height), static_cast<int>(width), CV_8UC1);
  for (int64_t i = 0; i < width * height; ++i) {
    int64_t value = 0;
    for (int64_t b = 0; b < size; ++b)
      value = 256 * value + static_cast<unsigned char>(pixels[static_cast<size_t>(i * size + b)]);
    picture.pixels.data[i] = static_cast<uint8_t>((std::min(value, white) * 255 + white / 2) / white);
  }
  return picture;
}

}  // namespace refract
