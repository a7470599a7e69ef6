#include "refract/data/files/image_format.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

namespace refract {
namespace {

using namespace std::string_view_literals;

struct Known {
  std::string_view start;  // of the file
  std::string_view name;
  std::string_view converter = "ImageMagick makes a PNG of it: `convert 'FILE[0]' FILE.png`";
};

constexpr std::string_view kDjxl = "`djxl FILE FILE.png` (libjxl-tools) makes a PNG of it";
constexpr std::array<Known, 6> kOthers = {{{"GIF8"sv, "a GIF"},
                                           {"\0\0\0\x0cJXL "sv, "a JPEG XL", kDjxl},
                                           {"\xff\x0a"sv, "a JPEG XL", kDjxl},
                                           {"\0\0\0\x0cjP  "sv, "a JPEG 2000"},
                                           {"\xff\x4f\xff\x51"sv, "a JPEG 2000"},
                                           {"8BPS"sv, "a Photoshop"}}};

constexpr std::array<std::string_view, 2> kAvif = {"avif", "avis"};
constexpr std::array<std::string_view, 9> kHeic = {"heic", "heix", "hevc", "hevx", "heim",
                                                   "heis", "heif", "mif1", "msf1"};

// The brands of an ISO base media file: a box of a length, "ftyp", the main brand, a version, and other brands.
template <size_t N>
bool has_brand(std::string_view bytes, const std::array<std::string_view, N>& brands) {
  const auto length = static_cast<unsigned char>(bytes[3]);  // longer lists of brands are not met
  const std::string_view box = bytes.substr(0, std::max<size_t>(length, 12));
  for (size_t at = 8; at + 4 <= box.size(); at += at == 8 ? 8 : 4)
    if (std::count(brands.begin(), brands.end(), box.substr(at, 4)) > 0) return true;
  return false;
}

std::optional<Known> other_image(std::string_view bytes) {
  for (const Known& known : kOthers)
    if (bytes.starts_with(known.start)) return known;
  if (bytes.size() < 12 || bytes.substr(4, 4) != "ftyp") return std::nullopt;
  if (has_brand(bytes, kAvif)) return Known{"", "an AVIF"};  // before HEIC, whose general brands AVIF files have too
  if (has_brand(bytes, kHeic)) return Known{"", "a HEIC"};
  return std::nullopt;
}

// Whether the first mark-up in a text is one of these, in any case.
bool starts_mark_up(std::string_view bytes, std::string_view tag) {
  std::string head(bytes.substr(0, 1000));
  std::transform(head.begin(), head.end(), head.begin(), [](unsigned char c) { return std::tolower(c); });
  const size_t first = head.find_first_not_of(" \t\r\n\xef\xbb\xbf");
  return first != std::string::npos && head[first] == '<' && head.find(tag) != std::string::npos;
}

}  // namespace

ImageFormat image_format(std::string_view bytes) {
  if (bytes.starts_with("\x89PNG\r\n\x1a\n"sv)) return ImageFormat::png;
  if (bytes.starts_with("\xff\xd8\xff"sv)) return ImageFormat::jpeg;
  if (bytes.starts_with("BM"sv)) return ImageFormat::bmp;
  if (bytes.starts_with("RIFF"sv) && bytes.size() >= 12 && bytes.substr(8, 4) == "WEBP"sv) return ImageFormat::webp;
  if (bytes.size() > 2 && bytes.starts_with("P5"sv) && std::isspace(static_cast<unsigned char>(bytes[2])) != 0)
    return ImageFormat::pgm;
  for (const std::string_view start : {"II*\0"sv, "MM\0*"sv, "II+\0"sv, "MM\0+"sv})  // + is BigTIFF
    if (bytes.starts_with(start)) return ImageFormat::tiff;
  return ImageFormat::unknown;
}

std::string why_not_read(std::string_view bytes) {
  if (bytes.empty()) return "it is empty";
  if (const auto known = other_image(bytes))
    return fmt::format("it is {} image, which Refract does not read. {}", known->name, known->converter);
  if (starts_mark_up(bytes, "<svg"))
    return "it is an SVG drawing, which Refract does not read. `rsvg-convert FILE -o FILE.png` (librsvg2-bin) makes a "
           "PNG of it";
  if (starts_mark_up(bytes, "<html")) return "it is a web page, no image";
  return "its content is no PNG, JPEG, BMP, WebP, TIFF or PGM image";
}

}  // namespace refract
