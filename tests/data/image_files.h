// Image files built byte by byte: what no encoder writes on request.
#pragma once

#include <zlib.h>

#include <opencv2/imgcodecs.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "refract/core/files.h"

namespace refract::testing_support {

inline std::string number(uint64_t value, int bytes, bool big) {
  std::string text;
  for (int i = 0; i < bytes; ++i) text += static_cast<char>(value >> (8 * (big ? bytes - 1 - i : i)));
  return text;
}

// The file that OpenCV makes of a picture, such as encoded(".jpg", picture).
inline std::string encoded(const std::string& ending, const cv::Mat& picture, const std::vector<int>& settings = {}) {
  std::vector<uchar> bytes;
  if (!cv::imencode(ending, picture, bytes, settings)) throw std::runtime_error("cannot encode " + ending);
  return {bytes.begin(), bytes.end()};
}

inline std::string deflated(const std::string& bytes) {
  uLongf size = compressBound(bytes.size());
  std::string packed(size, '\0');
  compress(reinterpret_cast<Bytef*>(packed.data()), &size, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
  return packed.substr(0, size);
}

inline std::string png_chunk(const std::string& type, const std::string& data) {
  return number(data.size(), 4, true) + type + data + number(crc32(type + data), 4, true);
}

struct PngHeader {
  uint32_t width, height;
  int bits, colour;  // 0 gray, 2 colour, 3 palette, 4 gray and opacity
};

// `packed`: the compressed rows, each with a byte for its filter before it. `before`: chunks that precede them.
inline std::string png_file(const PngHeader& header, const std::string& packed, const std::string& before = "") {
  const std::string sizes = number(header.width, 4, true) + number(header.height, 4, true);
  return "\x89PNG\r\n\x1a\n" +
         png_chunk("IHDR", sizes + number(static_cast<uint64_t>(header.bits), 1, true) +
                               number(static_cast<uint64_t>(header.colour), 1, true) + std::string(3, '\0')) +
         before + png_chunk("IDAT", packed) + png_chunk("IEND", "");
}

// A TIFF of one strip without compression, its directory first. `gray` has a byte for each channel of each pixel.
inline std::string tiff_file(uint32_t width, uint32_t height, uint16_t channels, const std::string& pixels,
                             uint16_t orientation = 1, bool big = false) {
  constexpr int entries = 11, short_type = 3, long_type = 4;
  const uint32_t bits_at = 8 + 2 + 12 * entries + 4, pixels_at = bits_at + 8;
  std::string file = (big ? std::string("MM\0*", 4) : std::string("II*\0", 4)) + number(8, 4, big) +
                     number(entries, 2, big);
  const auto entry = [&](int tag, int type, uint32_t count, uint32_t value) {
    const int length = type == short_type && count == 1 ? 2 : 4;
    file += number(static_cast<uint64_t>(tag), 2, big) + number(static_cast<uint64_t>(type), 2, big) +
            number(count, 4, big) + number(value, length, big) + std::string(static_cast<size_t>(4 - length), '\0');
  };
  entry(256, long_type, 1, width);
  entry(257, long_type, 1, height);
  entry(258, short_type, channels, channels > 2 ? bits_at : 8);
  entry(259, short_type, 1, 1);
  entry(262, short_type, 1, channels > 2 ? 2 : 1);
  entry(273, long_type, 1, pixels_at);
  entry(274, short_type, 1, orientation);
  entry(277, short_type, 1, channels);
  entry(278, long_type, 1, height);
  entry(279, long_type, 1, static_cast<uint32_t>(pixels.size()));
  entry(338, short_type, channels > 3 ? 1 : 0, 2);  // opacity that is not multiplied in
  file += number(0, 4, big);
  for (int i = 0; i < 4; ++i) file += number(8, 2, big);
  return file + pixels;
}

inline std::string exif_block(int orientation, bool big) {
  return (big ? std::string("MM\0*", 4) : std::string("II*\0", 4)) + number(8, 4, big) + number(2, 2, big) +
         number(0x0100, 2, big) + number(4, 2, big) + number(1, 4, big) + number(640, 4, big) +  // another tag
         number(0x0112, 2, big) + number(3, 2, big) + number(1, 4, big) +
         number(static_cast<uint64_t>(orientation), 2, big) + number(0, 2, big) + number(0, 4, big);
}

inline std::string jpeg_with_exif(const std::string& jpeg, const std::string& block) {
  const std::string content = std::string("Exif\0\0", 6) + block;
  return jpeg.substr(0, 2) + "\xff\xe1" + number(content.size() + 2, 2, true) + content + jpeg.substr(2);
}

inline std::string png_with_exif(const std::string& png, const std::string& block) {
  constexpr size_t after_header = 8 + 25;
  return png.substr(0, after_header) + png_chunk("eXIf", block) + png.substr(after_header);
}

inline std::string riff_chunk(const std::string& name, const std::string& content) {
  return name + number(content.size(), 4, false) + content + std::string(content.size() % 2, '\0');
}

// The file around a picture's chunks.
inline std::string webp_file(int flags, int width, int height, const std::string& chunks) {
  const std::string canvas = number(static_cast<uint64_t>(flags), 4, false) +
                             number(static_cast<uint64_t>(width - 1), 3, false) +
                             number(static_cast<uint64_t>(height - 1), 3, false);
  const std::string content = "WEBP" + riff_chunk("VP8X", canvas) + chunks;
  return "RIFF" + number(content.size(), 4, false) + content;
}

// The chunks of the file that OpenCV writes.
inline std::string webp_chunks(const cv::Mat& picture) {
  constexpr int lossless = 101;
  return encoded(".webp", picture, {cv::IMWRITE_WEBP_QUALITY, lossless}).substr(12);
}

inline std::string webp_with_exif(const cv::Mat& picture, const std::string& block) {
  constexpr int has_exif = 8;
  return webp_file(has_exif, picture.cols, picture.rows, webp_chunks(picture) + riff_chunk("EXIF", block));
}

}  // namespace refract::testing_support
