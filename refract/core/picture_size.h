// The size of a picture as people say it: width first.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace refract {

// In pixels.
struct PictureSize {
  int64_t width = 64;
  int64_t height = 64;
  bool operator==(const PictureSize&) const = default;
};

// "64" of a square, otherwise "96x84": width x height.
std::string text_of(PictureSize size);

// The inverse; "96X84" is the same. False, and `size` as it was, where the text is something else or a side is below 1.
bool read_size(std::string_view text, PictureSize& size);

}  // namespace refract
