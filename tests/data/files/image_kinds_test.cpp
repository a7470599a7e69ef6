// Kinds of image files: what is read, as what, and what is refused with which words.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <opencv2/imgproc.hpp>

#include "refract/core/errors.h"
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
using testing_support::riff_chunk;

// The pixel at (x, y) of the whole picture: one number for gray, red, green and blue for colour.
std::vector<int> pixel(const std::string& bytes, int64_t x, int64_t y = 0) {
  const Tensor picture = decode_whole(bytes, "test");
  std::vector<int> values;
  for (int64_t c = 0; c < picture.size(0); ++c) values.push_back(picture[c][y][x].item<int>());
  return values;
}

std::string kind_refusal(const std::string& bytes) {
  return message_of<BadInput>([&] { decode_whole(bytes, "test"); });
}

std::string text(std::initializer_list<int> bytes) {
  return {bytes.begin(), bytes.end()};
}

TEST(ImageKinds, PngsOfFewBitsAndPalettes) {
  const std::string bits = png_file({8, 1, 1, 0}, deflated(text({0, 0b10100000})));
  EXPECT_EQ(pixel(bits, 0), std::vector<int>{255});
  EXPECT_EQ(pixel(bits, 1), std::vector<int>{0});
  const std::string palette = png_chunk("PLTE", text({10, 20, 30, 200, 100, 50}));
  const std::string rows = deflated(text({0, 0b01000000}));
  EXPECT_EQ(pixel(png_file({2, 1, 1, 3}, rows, palette), 0), (std::vector<int>{10, 20, 30}));
  EXPECT_EQ(pixel(png_file({2, 1, 1, 3}, rows, palette), 1), (std::vector<int>{200, 100, 50}));
  const std::string clear = palette + png_chunk("tRNS", text({255, 0}));
  EXPECT_EQ(pixel(png_file({2, 1, 1, 3}, rows, clear), 0), (std::vector<int>{10, 20, 30}));
  EXPECT_EQ(pixel(png_file({2, 1, 1, 3}, rows, clear), 1), (std::vector<int>{0, 0, 0}));
}

TEST(ImageKinds, PngsOfGrayAndOpacityAndOfSixteenBits) {
  EXPECT_EQ(pixel(png_file({2, 1, 8, 4}, deflated(text({0, 200, 255, 200, 0}))), 0), (std::vector<int>(3, 200)));
  EXPECT_EQ(pixel(png_file({2, 1, 8, 4}, deflated(text({0, 200, 255, 200, 0}))), 1), (std::vector<int>(3, 0)));
  EXPECT_EQ(pixel(png_file({1, 1, 16, 0}, deflated(text({0, 100, 100}))), 0), std::vector<int>{100});
  EXPECT_EQ(pixel(png_file({1, 1, 16, 0}, deflated(text({0, 100, 229}))), 0), std::vector<int>{101});  // rounded
}

TEST(ImageKinds, OpacityByItself) {
  const auto values = [](const std::string& file) {
    const Tensor picture = decode_with_opacity(file, "test").flatten().to(at::kInt);
    return std::vector<int>(picture.data_ptr<int>(), picture.data_ptr<int>() + picture.numel());
  };
  EXPECT_EQ(values(png_file({1, 1, 8, 6}, deflated(text({0, 200, 100, 50, 60})))),
            (std::vector<int>{200, 100, 50, 60}));
  EXPECT_EQ(values(png_file({1, 1, 8, 2}, deflated(text({0, 200, 100, 50})))), (std::vector<int>{200, 100, 50, 255}));
  EXPECT_EQ(values(png_file({1, 1, 8, 0}, deflated(text({0, 70})))), (std::vector<int>{70, 70, 70, 255}));
}

TEST(ImageKinds, PgmsOfOneAndTwoBytes) {
  EXPECT_EQ(pixel(fmt::format("P5\n# a comment of 3 words\n2 1\n255\n{}", text({7, 200})), 1), std::vector<int>{200});
  EXPECT_EQ(pixel(fmt::format("P5 2 1 15 {}", text({0, 15})), 1), std::vector<int>{255});
  EXPECT_EQ(pixel(fmt::format("P5 1 1 65535\n{}", text({128, 0})), 0), std::vector<int>{128});
  EXPECT_TRUE(contains(kind_refusal(fmt::format("P5 2 2 255\n{}", text({1, 2, 3}))), "it is truncated"));
  EXPECT_TRUE(contains(kind_refusal("P5 2 2 25"), "it is truncated"));
  EXPECT_TRUE(contains(kind_refusal("P5 2 x 255 1234"), "its header is damaged"));
  EXPECT_TRUE(contains(kind_refusal("P5 2 1 70000 1234"), "70000 is white"));
  EXPECT_TRUE(contains(kind_refusal("P5 99999999999999999999 99999999999 255 1"), "at most"));
  EXPECT_TRUE(contains(kind_refusal("P5 0 1 255 1"), "0x1 pixels"));
}

TEST(ImageKinds, TheFirstPictureOfAnAnimatedPng) {
  const std::string control =
      text({0, 0, 0, 0}) + number(1, 4, true) + number(1, 4, true) + std::string(8, '\0') + text({0, 1, 0, 1, 0, 0});
  const std::string before = png_chunk("acTL", number(2, 4, true) + number(0, 4, true)) + png_chunk("fcTL", control);
  std::string file = png_file({1, 1, 8, 0}, deflated(text({0, 70})), before);
  file.insert(file.size() - 12, png_chunk("fcTL", text({0, 0, 0, 1}) + control.substr(4)) +
                                    png_chunk("fdAT", text({0, 0, 0, 2}) + deflated(text({0, 200}))));
  EXPECT_EQ(pixel(file, 0), std::vector<int>{70});
}

// What an animated WebP has for each frame.
std::string frame(int left, int top, const cv::Mat& picture) {
  const auto three = [](int value) { return number(static_cast<uint64_t>(value), 3, false); };
  return riff_chunk("ANMF", three(left / 2) + three(top / 2) + three(picture.cols - 1) + three(picture.rows - 1) +
                                three(100) + std::string(1, '\0') + testing_support::webp_chunks(picture));
}

TEST(ImageKinds, TheFirstFrameOfAnAnimatedWebp) {
  const std::string control = riff_chunk("ANIM", std::string(6, '\0'));
  const cv::Mat first(4, 6, CV_8UC3, cv::Scalar(30, 60, 90)), second(4, 6, CV_8UC3, cv::Scalar(1, 2, 3));
  constexpr int animated = 2;
  const std::string full =
      testing_support::webp_file(animated, 6, 4, control + frame(0, 0, first) + frame(0, 0, second));
  EXPECT_EQ(pixel(full, 5, 3), (std::vector<int>{90, 60, 30}));
  const std::string part =
      testing_support::webp_file(animated, 8, 8, control + frame(2, 4, first) + frame(0, 0, second));
  EXPECT_EQ(decode_whole(part, "test").sizes().vec(), (std::vector<int64_t>{3, 8, 8}));
  EXPECT_EQ(pixel(part, 2, 4), (std::vector<int>{90, 60, 30}));
  EXPECT_EQ(pixel(part, 1, 4), (std::vector<int>{0, 0, 0}));
}

TEST(ImageKinds, OpacityInATiffCountsOnce) {
  const std::string pixels = text({100, 50, 200, 128, 9, 9, 9, 0});
  EXPECT_EQ(pixel(testing_support::tiff_file(2, 1, 4, pixels), 0), (std::vector<int>{50, 25, 100}));
  EXPECT_EQ(pixel(testing_support::tiff_file(2, 1, 4, pixels), 1), (std::vector<int>{0, 0, 0}));
}

// A baseline JPEG of 8x8 in four inks, each plane of one value, 1 .. 64 or 192 .. 255: its first coefficient alone is
// not 0.
std::string jpeg_of_inks(const std::vector<int>& levels) {
  const auto segment = [](char marker, const std::string& content) {
    return std::string("\xff") + marker + number(content.size() + 2, 2, true) + content;
  };
  std::string frame = text({8, 0, 8, 0, 8, 4}), scan = text({4}), code_bits;
  for (int i = 1; i <= 4; ++i) {
    frame += text({i, 0x11, 0});
    scan += text({i, 0});
  }
  // Steps of 4, so that the coefficient is twice the level less 128. The code "0" is a difference of 8 bits, then the
  // end of a block.
  const std::string steps = std::string(1, '\0') + std::string(64, '\x04');
  const std::string one_code = text({1}) + std::string(15, '\0');
  for (const int value : levels) {
    const int difference = 2 * (value - 128);
    code_bits += '0';
    const int stored = difference < 0 ? difference + 255 : difference;
    for (int bit = 7; bit >= 0; --bit) code_bits += (stored >> bit & 1) == 1 ? '1' : '0';
    code_bits += '0';
  }
  code_bits.resize((code_bits.size() + 7) / 8 * 8, '1');
  std::string data;
  for (size_t i = 0; i < code_bits.size(); i += 8) {
    data += static_cast<char>(std::stoi(code_bits.substr(i, 8), nullptr, 2));
    if (data.back() == '\xff') data += '\0';
  }
  const std::string adobe = std::string("Adobe") + text({0, 100, 0, 0, 0, 0, 0});
  return "\xff\xd8" + segment('\xee', adobe) + segment('\xdb', steps) + segment('\xc0', frame) +
         segment('\xc4', text({0x00}) + one_code + text({8})) + segment('\xc4', text({0x10}) + one_code + text({0})) +
         segment('\xda', scan + text({0, 63, 0})) + data + "\xff\xd9";
}

// Adobe stores inks inverted: 255 is none.
TEST(ImageKinds, JpegsOfFourInks) {
  EXPECT_EQ(pixel(jpeg_of_inks({255, 1, 1, 255}), 3, 3), (std::vector<int>{255, 1, 1}));
  EXPECT_EQ(pixel(jpeg_of_inks({192, 64, 255, 192}), 7, 7), (std::vector<int>{145, 48, 192}));
}

TEST(ImageKinds, FilesAreReadByTheirContentWhateverTheirName) {
  testing_support::TempFolder folder;
  const cv::Mat orange(20, 20, CV_8UC3, cv::Scalar(20, 120, 240));
  for (const char* ending : {".png", ".jpg", ".bmp", ".webp", ".tiff"}) {
    write_file(folder / "a.png", encoded(ending, orange));
    EXPECT_NEAR(read_image(folder / "a.png", Space::square(3, 8))[0][4][4].item<int>(), 240, 4) << ending;
  }
}

TEST(ImageKinds, WhatIsNotReadIsNamedWithACommandThatConvertsIt) {
  const auto box = [](const std::string& brands) { return number(8 + brands.size(), 4, true) + "ftyp" + brands; };
  const std::string none(4, '\0');
  const std::map<std::string, std::string> of = {
      {"a GIF image", "GIF89a" + std::string(20, '\0')},
      {"an AVIF image", box("avif" + none + "mif1miaf")},
      {"an AVIF image, which", box("mif1" + none + "mif1avif")},
      {"a HEIC image", box("heic" + none + "mif1heic")},
      {"a HEIC image, which", box("mif1" + none + "heic")},
      {"a JPEG XL image", std::string("\0\0\0\x0cJXL \r\n\x87\n", 12)},
      {"a JPEG 2000 image", std::string("\0\0\0\x0cjP  \r\n\x87\n", 12)},
      {"a Photoshop image", "8BPS" + std::string(20, '\0')},
      {"an SVG drawing", "<?xml version=\"1.0\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\"/>"},
  };
  for (const auto& [named, bytes] : of) {
    EXPECT_TRUE(contains(kind_refusal(bytes), named)) << named << ": " << kind_refusal(bytes);
    EXPECT_TRUE(contains(kind_refusal(bytes), "makes a PNG of it")) << kind_refusal(bytes);
    EXPECT_FALSE(contains(kind_refusal(bytes), "damaged")) << kind_refusal(bytes);
  }
  EXPECT_TRUE(contains(kind_refusal("<!DOCTYPE html>\n<html><body>404</body></html>"), "a web page"));
  EXPECT_TRUE(contains(kind_refusal(box("isom" + none)), "no PNG"));
  EXPECT_TRUE(contains(kind_refusal("\xff"), "no PNG"));
}

}  // namespace
}  // namespace refract
