// Files that are damaged, cut, or say more than they hold, are refused by a sentence, and no decoder prints.
#include <gtest/gtest.h>

#include <map>

#include "refract/core/errors.h"
#include "refract/data/files/decoders/image_decoders.h"
#include "refract/data/files/image_file.h"
#include "tests/data/image_files.h"
#include "tests/data/support.h"

namespace refract {
namespace {

using testing_support::contains;
using testing_support::deflated;
using testing_support::encoded;
using testing_support::message_of;
using testing_support::number;
using testing_support::png_chunk;
using testing_support::png_file;

// The sentence; "" where the file is read. Fails where a decoder printed.
std::string refusal(const std::string& bytes) {
  testing::internal::CaptureStderr();
  const std::string message = message_of<BadInput>([&] { decode_whole(bytes, "the file"); });
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "") << "a decoder printed";
  return message;
}

cv::Mat noise_picture(int width, int height) {
  cv::Mat picture(height, width, CV_8UC3);
  cv::theRNG().state = 7;
  cv::randu(picture, 0, 255);
  return picture;
}

bool same_pixels(const std::string& a, const std::string& b) {
  return decode_whole(a, "a").equal(decode_whole(b, "b"));
}

// As cameras write them: a small picture, whole with its end marker, in the EXIF block.
std::string jpeg_with_thumbnail(bool progressive) {
  const std::string thumbnail = encoded(".jpg", noise_picture(64, 64));
  const std::string jpeg =
      encoded(".jpg", noise_picture(192, 192), {cv::IMWRITE_JPEG_PROGRESSIVE, progressive ? 1 : 0});
  return testing_support::jpeg_with_exif(jpeg, testing_support::exif_block(1, true) + thumbnail);
}

TEST(ImageDamage, ACutJpegWithAThumbnailIsTruncated) {
  for (const bool progressive : {false, true}) {
    const std::string whole = jpeg_with_thumbnail(progressive);
    EXPECT_EQ(refusal(whole), "");
    for (size_t tenth = 1; tenth < 10; ++tenth)
      EXPECT_TRUE(contains(refusal(whole.substr(0, whole.size() * tenth / 10)), "truncated")) << tenth << " tenths";
    EXPECT_NE(refusal(whole.substr(0, whole.size() - 2)), "") << "without its end marker";
  }
}

// In the last scans of a progressive file, which refine what is there, zeros can be as good as other bits.
TEST(ImageDamage, AHoleInAJpegIsFound) {
  for (const bool progressive : {false, true}) {
    const std::string whole = jpeg_with_thumbnail(progressive);
    const size_t pixels = whole.find("\xff\xd9") + 1200;  // after the thumbnail and the tables
    const size_t end = progressive ? whole.size() * 2 / 3 : whole.size() - 500;
    for (size_t part = 0; part < 8; ++part) {
      std::string holed = whole;
      std::fill_n(holed.begin() + static_cast<ptrdiff_t>(pixels + (end - pixels) * part / 8), 400, '\0');
      EXPECT_TRUE(contains(refusal(holed), "damaged")) << part << (progressive ? ", progressive" : "");
    }
  }
}

TEST(ImageDamage, WhatChangesNoPixelOfAJpegIsAllowed) {
  const std::string whole = jpeg_with_thumbnail(false), end = "\xff\xd9";
  const std::string body = whole.substr(0, whole.size() - 2);
  std::string old_version = encoded(".jpg", noise_picture(64, 64));
  const std::string as_it_was = old_version;
  old_version[old_version.find("JFIF") + 5] = '\0';  // of the standard
  for (const auto& [file, same] : std::map<std::string, std::string>{{whole + std::string(500, '\0'), whole},
                                                                     {whole + whole, whole},
                                                                     {body + std::string(3, '\0') + end, whole},
                                                                     {old_version, as_it_was}}) {
    ASSERT_EQ(refusal(file), "");
    EXPECT_TRUE(same_pixels(file, same));
  }
}

// The height and width in the header of the picture itself.
std::string jpeg_that_says(std::string jpeg, int height, int width) {
  const size_t at = jpeg.rfind("\xff\xc0");
  return jpeg.replace(at + 5, 4,
                      number(static_cast<uint64_t>(height), 2, true) + number(static_cast<uint64_t>(width), 2, true));
}

TEST(ImageDamage, AJpegWhoseHeaderLiesIsRefused) {
  const std::string jpeg = encoded(".jpg", noise_picture(48, 48));
  EXPECT_TRUE(contains(refusal(jpeg_that_says(jpeg, 5000, 5000)), "5000x5000 pixels, more than its"));
  for (const auto& [height, width] : std::vector<std::pair<int, int>>{{500, 500}, {48, 64}, {56, 48}, {24, 48}})
    EXPECT_TRUE(contains(refusal(jpeg_that_says(jpeg, height, width)), "damaged")) << height << " by " << width;
}

TEST(ImageDamage, PicturesWithTooManyPixelsAreRefusedByTheirHeader) {
  const std::string most = std::to_string(kMostPixels);
  const std::string rows = deflated(std::string(size_t{20000} * 2501, '\0'));  // a whole PNG of 50 kB
  const std::string tiff = testing_support::tiff_file(20000, 20000, 3, "");
  std::string bmp = encoded(".bmp", noise_picture(8, 8));
  bmp.replace(18, 8, number(20000, 4, false) + number(20000, 4, false));
  const std::string webp =
      testing_support::webp_file(0, 16000, 16000, testing_support::webp_chunks(noise_picture(8, 8)));
  for (const std::string& file : {png_file({20000, 20000, 1, 0}, rows), tiff, bmp,
                                  jpeg_that_says(encoded(".jpg", noise_picture(8, 8)), 20000, 20000)})
    EXPECT_TRUE(contains(refusal(file), "20000x20000 pixels, and at most " + most)) << refusal(file);
  EXPECT_NE(refusal(webp), "");
}

TEST(ImageDamage, APngThatCannotHoldItsPixelsIsRefused) {
  const std::string row = deflated(std::string(21, '\1'));
  EXPECT_TRUE(contains(refusal(png_file({9000, 9000, 8, 2}, row)), "9000x9000 pixels, more than its"));
  EXPECT_NE(refusal(png_file({0, 20, 8, 0}, row)), "");
}

// The CRC of each chunk is right: a program wrote what it should not have.
TEST(ImageDamage, APngOfDamagedPixelsWithRightChecksumsIsFound) {
  std::string rows;
  for (int y = 0; y < 20; ++y) rows += '\0' + testing_support::noise(static_cast<uint64_t>(y), 20);
  const std::string packed = deflated(rows);
  EXPECT_EQ(refusal(png_file({20, 20, 8, 0}, packed)), "");
  for (size_t i = 0; i < packed.size(); ++i) {
    std::string damaged = packed;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x11);
    EXPECT_TRUE(contains(refusal(png_file({20, 20, 8, 0}, damaged)), "damaged")) << "byte " << i;
  }
  EXPECT_TRUE(contains(refusal(png_file({20, 20, 8, 0}, packed.substr(0, packed.size() / 2))), "damaged"));
  EXPECT_TRUE(contains(refusal(png_file({20, 10, 8, 0}, packed)), "damaged")) << "more rows than the header says";
  EXPECT_TRUE(contains(refusal(png_file({20, 30, 8, 0}, packed)), "damaged")) << "fewer rows than the header says";
}

TEST(ImageDamage, WhatChangesNoPixelOfAPngIsAllowed) {
  const std::string rows = deflated(std::string(20 * 21, '\0'));
  const std::string profile = png_chunk("iCCP", std::string("x\0\0", 3) + deflated("no profile"));
  EXPECT_EQ(refusal(png_file({20, 20, 8, 0}, rows, profile)), "");
}

TEST(ImageDamage, ATiffWhoseDirectoryStandsBeforeItsPixelsIsFoundTruncated) {
  const std::string whole = testing_support::tiff_file(40, 30, 1, std::string(1200, '\x50'));
  EXPECT_EQ(refusal(whole), "");
  for (size_t size = 8; size < whole.size(); size += 31)
    EXPECT_TRUE(contains(refusal(whole.substr(0, size)), "truncated")) << size << " bytes";
}

TEST(ImageDamage, ABmpOfRunsIsFoundTruncated) {
  std::string palette, runs;
  for (int i = 0; i < 256; ++i) palette += std::string(3, static_cast<char>(i)) + '\0';
  for (int y = 0; y < 8; ++y) runs += std::string("\x08") + static_cast<char>(10 * y) + std::string(2, '\0');
  const auto file = [&](const std::string& pixels) {
    constexpr int packed_runs = 1, pixels_at = 54 + 1024;
    return "BM" + number(pixels_at + pixels.size(), 4, false) + number(0, 4, false) + number(pixels_at, 4, false) +
           number(40, 4, false) + number(8, 4, false) + number(8, 4, false) + number(1, 2, false) +
           number(8, 2, false) + number(packed_runs, 4, false) + number(pixels.size(), 4, false) + number(0, 8, false) +
           number(256, 4, false) + number(0, 4, false) + palette + pixels;
  };
  EXPECT_EQ(refusal(file(runs + std::string("\0\1", 2))), "");
  EXPECT_NE(refusal(file(runs.substr(0, 11))), "");
}

TEST(ImageDamage, ABmpThatLiesAboutItsLengthIsFound) {
  std::string bmp = encoded(".bmp", noise_picture(60, 60));
  bmp.replace(2, 4, number(100, 4, false));
  EXPECT_EQ(refusal(bmp), "") << "the length of the file is known without it";
  EXPECT_TRUE(contains(refusal(bmp.substr(0, bmp.size() / 2)), "truncated"));
}

// Whatever is done to a file, it is read or refused, and nothing is printed.
TEST(ImageDamage, ChangedBytesAnywhereUpsetNothing) {
  const cv::Mat picture = noise_picture(24, 20);
  for (const char* ending : {".png", ".jpg", ".bmp", ".webp", ".tiff"}) {
    const std::string whole = encoded(ending, picture);
    testing::internal::CaptureStderr();
    for (size_t i = 0; i < std::min<size_t>(whole.size(), 400); ++i)
      for (const int change : {0x01, 0x80, 0xff}) {
        std::string changed = whole;
        changed[i] = static_cast<char>(changed[i] ^ change);
        message_of<BadInput>([&] { decode_image(changed, "the file", Space::square(3, 8)); });
      }
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "") << ending;
  }
}

}  // namespace
}  // namespace refract
