#include "refract/core/picture_size.h"

#include <fmt/format.h>

#include <charconv>

namespace refract {
namespace {

bool read_side(std::string_view text, int64_t& side) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), side);
  return error == std::errc() && end == text.data() + text.size() && side >= 1;
}

}  // namespace

std::string text_of(PictureSize size) {
  return size.width == size.height ? fmt::format("{}", size.width) : fmt::format("{}x{}", size.width, size.height);
}

bool read_size(std::string_view text, PictureSize& size) {
  const size_t cross = text.find_first_of("xX");
  PictureSize read;
  if (!read_side(text.substr(0, cross), read.width)) return false;
  read.height = read.width;
  if (cross != std::string_view::npos && !read_side(text.substr(cross + 1), read.height)) return false;
  size = read;
  return true;
}

}  // namespace refract
