// The WebP format, through libwebp: what it makes of a photograph is a tenth of a PNG file.
#pragma once

#include <string>

#include "refract/draw/gif_file.h"

namespace refract {

constexpr int kLossless = 101;  // a quality; lossy ones go from 0 to 100

// The bytes of a file; of more than one frame an animation that repeats for ever. At most 16383 x 16383 pixels. Throws
// Error where libwebp refuses.
std::string webp(const Animation& picture, int quality);

}  // namespace refract
