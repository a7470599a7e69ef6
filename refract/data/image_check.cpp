#include "refract/data/image_check.h"

#include <fmt/format.h>

#include "refract/core/files.h"

namespace refract {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kPng = "\x89PNG\r\n\x1a\n"sv;
constexpr std::string_view kTruncated = "it is truncated";

uint32_t little_endian(std::string_view bytes, size_t at) {
  uint32_t value = 0;
  for (size_t i = 4; i-- > 0;) value = (value << 8) | static_cast<unsigned char>(bytes.at(at + i));
  return value;
}

uint32_t big_endian(std::string_view bytes, size_t at) {
  uint32_t value = 0;
  for (size_t i = 0; i < 4; ++i) value = (value << 8) | static_cast<unsigned char>(bytes.at(at + i));
  return value;
}

// A chunk is: length, type, data, CRC of type and data.
std::string png_damage(std::string_view bytes) {
  bytes.remove_prefix(kPng.size());
  while (bytes.size() >= 12) {
    const size_t length = big_endian(bytes, 0);
    if (length > bytes.size() - 12) break;
    const std::string_view type = bytes.substr(4, 4);
    if (crc32(bytes.substr(4, 4 + length)) != big_endian(bytes, 8 + length))
      return fmt::format("the checksum of its '{}' chunk is wrong", type);
    if (type == "IEND") return "";
    bytes.remove_prefix(12 + length);
  }
  return std::string(kTruncated);
}

}  // namespace

ImageFormat image_format(std::string_view bytes) {
  if (bytes.starts_with(kPng)) return ImageFormat::png;
  if (bytes.starts_with("\xff\xd8\xff"sv)) return ImageFormat::jpeg;
  if (bytes.starts_with("BM"sv)) return ImageFormat::bmp;
  if (bytes.starts_with("RIFF"sv) && bytes.size() >= 12 && bytes.substr(8, 4) == "WEBP"sv) return ImageFormat::webp;
  if (bytes.starts_with("II*\0"sv) || bytes.starts_with("MM\0*"sv)) return ImageFormat::tiff;
  return ImageFormat::unknown;
}

std::string image_damage(std::string_view bytes) {
  bool whole = true;
  switch (image_format(bytes)) {
    case ImageFormat::png:
      return png_damage(bytes);
    case ImageFormat::jpeg:
      whole = bytes.rfind("\xff\xd9"sv) != std::string_view::npos;
      break;
    case ImageFormat::bmp:
      whole = bytes.size() >= 54 && bytes.size() >= little_endian(bytes, 2);
      break;
    case ImageFormat::webp:
      whole = bytes.size() - 8 >= little_endian(bytes, 4);
      break;
    case ImageFormat::tiff:
      break;
    case ImageFormat::unknown:
      return bytes.empty() ? "it is empty" : "its content is no PNG, JPEG, BMP, WebP or TIFF image";
  }
  return whole ? "" : std::string(kTruncated);
}

}  // namespace refract
