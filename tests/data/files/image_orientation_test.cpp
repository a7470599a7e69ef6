// Pictures are turned as EXIF says, whatever the format of their file.
#include <gtest/gtest.h>

#include <array>
#include <map>
#include <opencv2/imgproc.hpp>

#include "refract/data/files/exif.h"
#include "refract/data/files/image_file.h"
#include "tests/data/image_files.h"

namespace refract {
namespace {

namespace files = testing_support;

constexpr int kBlock = 8;  // pixels, so that JPEG keeps each letter apart

// Letters a to f are gray levels of blocks: "abc" above "def".
uint8_t level(char letter) {
  return static_cast<uint8_t>(20 + 40 * (letter - 'a'));
}

cv::Mat letters(const std::vector<std::string>& rows) {
  cv::Mat picture(kBlock * static_cast<int>(rows.size()), kBlock * static_cast<int>(rows.front().size()), CV_8UC1);
  for (int y = 0; y < picture.rows; ++y)
    for (int x = 0; x < picture.cols; ++x)
      picture.at<uint8_t>(y, x) = level(rows[static_cast<size_t>(y / kBlock)][static_cast<size_t>(x / kBlock)]);
  return picture;
}

// The rows of letters in a picture, with "/" between.
std::string seen(const std::string& bytes) {
  const Tensor picture = decode_whole(bytes, "test");
  std::string text;
  for (int64_t y = kBlock / 2; y < picture.size(1); y += kBlock) {
    if (!text.empty()) text += '/';
    for (int64_t x = kBlock / 2; x < picture.size(2); x += kBlock)
      text += static_cast<char>('a' + (picture[0][y][x].item<int>() - 20 + 20) / 40);
  }
  return text;
}

// EXIF 2.32, 4.6.4: where the stored first row and column are to be seen.
const std::array<std::string, 9> kSeen = {"",         "abc/def",  "cba/fed",  "fed/cba", "def/abc",
                                          "ad/be/cf", "da/eb/fc", "fc/eb/da", "cf/be/ad"};

TEST(ImageOrientation, AllEightAreFollowedInEveryFormat) {
  const cv::Mat stored = letters({"abc", "def"});
  const std::string pixels(stored.datastart, stored.dataend);
  for (int orientation = 1; orientation <= 8; ++orientation)
    for (const bool big : {false, true}) {
      const std::string block = files::exif_block(orientation, big);
      const std::string jpeg = files::encoded(".jpg", stored, {cv::IMWRITE_JPEG_QUALITY, 100});
      const std::map<std::string, std::string> of = {
          {"jpeg", files::jpeg_with_exif(jpeg, block)},
          {"png", files::png_with_exif(files::encoded(".png", stored), block)},
          {"webp", files::webp_with_exif(stored, block)},
          {"webp, named", files::webp_with_exif(stored, std::string("Exif\0\0", 6) + block)},
          {"tiff", files::tiff_file(24, 16, 1, pixels, static_cast<uint16_t>(orientation), big)}};
      for (const auto& [format, bytes] : of)
        EXPECT_EQ(seen(bytes), kSeen.at(static_cast<size_t>(orientation)))
            << format << ", orientation " << orientation << (big ? ", big-endian" : "");
    }
}

TEST(ImageOrientation, ColourAndOpacityAreTurnedToo) {
  cv::Mat colour, clear;
  cv::cvtColor(letters({"abc", "def"}), colour, cv::COLOR_GRAY2BGR);
  cv::cvtColor(colour, clear, cv::COLOR_BGR2BGRA);
  for (const cv::Mat& stored : {colour, clear}) {
    const std::string block = files::exif_block(6, true);
    EXPECT_EQ(seen(files::png_with_exif(files::encoded(".png", stored), block)), kSeen[6]);
    EXPECT_EQ(seen(files::webp_with_exif(stored, block)), kSeen[6]);
  }
}

TEST(ImageOrientation, WhatEndsEarlyOrIsNoOrientationTurnsNothing) {
  const std::string whole = files::exif_block(6, true);
  EXPECT_EQ(exif_orientation(whole), 6);
  constexpr size_t end_of_value = 8 + 2 + 12 + 10;
  for (size_t size = 0; size < end_of_value; ++size) EXPECT_EQ(exif_orientation(whole.substr(0, size)), 1) << size;
  for (const int nonsense : {0, 9, 65535}) EXPECT_EQ(exif_orientation(files::exif_block(nonsense, false)), 1);
  EXPECT_EQ(exif_orientation(std::string("MM\0*\xff\xff\xff\xff", 8)), 1);
}

}  // namespace
}  // namespace refract
