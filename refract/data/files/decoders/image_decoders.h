// One decoder for each format of image files. Each knows the picture's size before it takes memory for it, prints
// nothing, and takes what its library only warns of for damage where pixels may be wrong.
#pragma once

#include <cstdint>
#include <mutex>
#include <opencv2/core/mat.hpp>
#include <stdexcept>
#include <string_view>

namespace refract {

// Why a file cannot be decoded, as the end of a sentence: "it is truncated".
class Undecodable : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// What one picture may have. While it is read it takes 3 to 8 bytes a pixel, up to 12 where its kind of compression
// needs all of it at once.
constexpr int64_t kMostPixels = 100'000'000;

// Held where a picture is large, so that threads do not take memory for many large ones at once.
using Room = std::unique_lock<std::mutex>;

// Throws Undecodable for a picture that is empty or has more than kMostPixels.
Room room_for(int64_t width, int64_t height);

struct Picture {
  cv::Mat pixels;       // 8 bits; one channel (gray), three (blue, green, red), or four (and opacity)
  int orientation = 1;  // EXIF's
  Room room;
};

// The first picture of a file. All throw Undecodable: truncated, damaged, too large, a header that says more than the
// file can hold, or of a kind that is not read.
Picture decode_jpeg(std::string_view bytes);
Picture decode_png(std::string_view bytes);
Picture decode_webp(std::string_view bytes);
Picture decode_tiff(std::string_view bytes);
Picture decode_bmp(std::string_view bytes);
Picture decode_pgm(std::string_view bytes);  // binary, as P5

}  // namespace refract
