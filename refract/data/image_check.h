// Whether an image file is whole. The decoders behind OpenCV tell it late, on the terminal, or (JPEG) not at all.
#pragma once

#include <string>
#include <string_view>

namespace refract {

enum class ImageFormat { png, jpeg, bmp, webp, tiff, unknown };
ImageFormat image_format(std::string_view bytes);  // by content

// What is wrong with the file, as the end of a sentence ("it is truncated"); "" where nothing is. PNG: every chunk and
// its CRC; JPEG: the end marker (a change within its compressed data cannot be told); BMP and WebP: the length. What a
// TIFF lacks its decoder tells.
std::string image_damage(std::string_view bytes);

}  // namespace refract
