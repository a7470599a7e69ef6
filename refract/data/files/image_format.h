// What kind of image file some bytes are.
#pragma once

#include <string>
#include <string_view>

namespace refract {

enum class ImageFormat { png, jpeg, bmp, webp, tiff, pgm, unknown };
ImageFormat image_format(std::string_view bytes);  // by content, whatever the file's name

// Why a file of unknown format is not read, as the end of a sentence. Formats that are met often (GIF, AVIF, HEIC, JPEG
// XL, JPEG 2000, Photoshop, SVG, web pages) are named, with a command that converts them.
std::string why_not_read(std::string_view bytes);

}  // namespace refract
