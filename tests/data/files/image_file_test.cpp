#include "refract/data/files/image_file.h"

#include <ATen/ops/equal.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <future>
#include <opencv2/imgproc.hpp>

#include "refract/core/errors.h"
#include "tests/data/support.h"

namespace refract {
namespace {

using testing_support::contains;
using testing_support::message_of;
using testing_support::TempFolder;
using testing_support::truncate_file;
using testing_support::write_picture;

const cv::Scalar kOrange(20, 120, 240);  // blue, green, red
const Space kColour = Space::square(3, 16);
const Space kGray = Space::square(1, 16);

class ImageFile : public testing::Test {
 protected:
  // Red, green and blue in the middle of the picture.
  [[nodiscard]] static std::vector<int> middle(const Tensor& image) {
    std::vector<int> values;
    for (int64_t c = 0; c < image.size(0); ++c) values.push_back(image[c][8][8].item<int>());
    return values;
  }
  [[nodiscard]] std::string refusal(const std::string& name) const {
    return message_of<BadInput>([&] { read_image(folder_ / name, kColour); });
  }
  [[nodiscard]] static std::string refusal_of(const std::string& bytes) {
    return message_of<BadInput>([&] { decode_image(bytes, "the file", kColour); });
  }
  TempFolder folder_;
};

TEST_F(ImageFile, ReadsEveryFormatAndSize) {
  for (const char* name : {"a.png", "a.jpg", "a.JPEG", "a.bmp", "a.webp", "a.tiff", "a.tif"}) {
    for (const int width : {5, 16, 40, 333}) {
      write_picture(folder_ / name, width, 30, kOrange);
      const Tensor image = read_image(folder_ / name, kColour);
      ASSERT_EQ(image.sizes().vec(), (std::vector<int64_t>{3, 16, 16})) << name;
      EXPECT_EQ(image.scalar_type(), at::kByte);
      EXPECT_TRUE(image.is_contiguous());
      const std::vector<int> rgb = middle(image);
      EXPECT_NEAR(rgb[0], 240, 4) << name;
      EXPECT_NEAR(rgb[1], 120, 4) << name;
      EXPECT_NEAR(rgb[2], 20, 4) << name;
    }
  }
}

TEST_F(ImageFile, IsReadByManyThreadsAtOnce) {
  cv::Mat noise(700, 900, CV_8UC3);
  cv::randu(noise, 0, 255);
  cv::imwrite((folder_ / "a.png").string(), noise);
  std::vector<std::future<Tensor>> threads;
  for (int t = 0; t < 8; ++t)
    threads.push_back(std::async(std::launch::async, [&] { return read_image(folder_ / "a.png", kColour); }));
  const Tensor expected = read_image(folder_ / "a.png", kColour);
  for (auto& thread : threads) EXPECT_TRUE(at::equal(thread.get(), expected));
}

TEST_F(ImageFile, GrayAndColourBecomeWhatTheShapeAsks) {
  write_picture(folder_ / "gray.png", 20, 20, cv::Scalar(77), CV_8UC1);
  EXPECT_EQ(middle(read_image(folder_ / "gray.png", kColour)), (std::vector<int>{77, 77, 77}));
  EXPECT_EQ(middle(read_image(folder_ / "gray.png", kGray)), std::vector<int>{77});
  write_picture(folder_ / "colour.png", 20, 20, kOrange);
  EXPECT_NEAR(middle(read_image(folder_ / "colour.png", kGray)).at(0), 0.299 * 240 + 0.587 * 120 + 0.114 * 20, 1);
}

TEST_F(ImageFile, SixteenBitsBecomeEight) {
  write_picture(folder_ / "deep.png", 20, 20, cv::Scalar(65535, 257 * 100, 0), CV_16UC3);
  EXPECT_EQ(middle(read_image(folder_ / "deep.png", kColour)), (std::vector<int>{0, 100, 255}));
  write_picture(folder_ / "deep.tiff", 20, 20, cv::Scalar(257 * 30), CV_16UC1);
  EXPECT_EQ(middle(read_image(folder_ / "deep.tiff", kGray)), std::vector<int>{30});
}

TEST_F(ImageFile, TransparentPartsLieOverBlack) {
  write_picture(folder_ / "half.png", 20, 20, cv::Scalar(20, 120, 240, 128), CV_8UC4);
  EXPECT_EQ(middle(read_image(folder_ / "half.png", kColour)), (std::vector<int>{120, 60, 10}));
  write_picture(folder_ / "clear.webp", 20, 20, cv::Scalar(20, 120, 240, 0), CV_8UC4);
  EXPECT_EQ(middle(read_image(folder_ / "clear.webp", kColour)), (std::vector<int>{0, 0, 0}));
}

TEST_F(ImageFile, RefusesFloatingPoint) {
  write_picture(folder_ / "real.tiff", 20, 20, cv::Scalar(0.5), CV_32FC1);
  EXPECT_TRUE(contains(refusal("real.tiff"), "8 or 16 bits")) << refusal("real.tiff");
}

TEST_F(ImageFile, TakesTheCentralSquareWithAreaAverages) {
  cv::Mat wide(32, 96, CV_8UC1, cv::Scalar(0));  // the middle third: a checkerboard of single pixels
  for (int y = 0; y < 32; ++y)
    for (int x = 32; x < 64; ++x) wide.at<uint8_t>(y, x) = (x + y) % 2 == 0 ? 200 : 100;
  cv::imwrite((folder_ / "wide.png").string(), wide);
  EXPECT_TRUE((read_image(folder_ / "wide.png", kGray) == 150).all().item<bool>());
  cv::imwrite((folder_ / "tall.png").string(), wide.t());
  EXPECT_TRUE((read_image(folder_ / "tall.png", kGray) == 150).all().item<bool>());
}

TEST_F(ImageFile, KeepsLeftLeftAndTopTop) {
  cv::Mat image(16, 16, CV_8UC1, cv::Scalar(0));
  image.at<uint8_t>(2, 5) = 255;
  cv::imwrite((folder_ / "point.png").string(), image);
  EXPECT_EQ(read_image(folder_ / "point.png", kGray)[0][2][5].item<int>(), 255);
}

TEST_F(ImageFile, BadFilesAreNamed) {
  for (const char* name : {"cut.png", "cut.jpg", "cut.bmp", "cut.webp", "cut.tiff"}) {
    cv::Mat noise(60, 60, CV_8UC3);
    cv::randu(noise, 0, 255);
    cv::imwrite((folder_ / name).string(), noise);
    EXPECT_EQ(refusal(name), "") << name;
    truncate_file(folder_ / name);
    testing::internal::CaptureStderr();
    const std::string message = refusal(name);
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "") << "a decoder printed";
    EXPECT_TRUE(contains(message, (folder_ / name).string())) << message;
    EXPECT_FALSE(contains(message, "--skip-bad-images")) << message;  // not every command has it
  }
  write_file(folder_ / "text.png", "no image");
  EXPECT_TRUE(contains(refusal("text.png"), "its content is no PNG"));
  write_file(folder_ / "empty.png", "");
  EXPECT_TRUE(contains(refusal("empty.png"), "it is empty"));
  EXPECT_TRUE(contains(refusal("absent.png"), "absent.png"));
}

TEST_F(ImageFile, AFlippedByteInAPngIsFound) {
  write_picture(folder_ / "a.png", 20, 20, kOrange);
  const std::string whole = read_file(folder_ / "a.png");
  EXPECT_EQ(refusal_of(whole), "");
  for (size_t i = 8; i < whole.size() - 12; ++i) {
    std::string damaged = whole;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x10);
    EXPECT_NE(refusal_of(damaged), "") << "byte " << i;
  }
}

TEST_F(ImageFile, NoPrefixOfAFileIsRead) {
  for (const char* name : {"a.png", "a.jpg", "a.bmp", "a.webp"}) {
    write_picture(folder_ / name, 20, 20, kOrange);
    const std::string whole = read_file(folder_ / name);
    EXPECT_EQ(refusal_of(whole), "") << name;
    for (size_t size = 0; size + 1 < whole.size(); ++size)
      EXPECT_NE(refusal_of(whole.substr(0, size)), "") << name << ", " << size << " bytes";
  }
}

TEST_F(ImageFile, ListsNestedFoldersInOrder) {
  for (const char* name : {"b.png", "a/z.JPG", "a/deep/x.webp", "c.TIFF", ".hidden.png", ".git/y.png"})
    write_picture(folder_ / name, 4, 4, kOrange);
  write_file(folder_ / "notes.txt", "no image");
  Paths names;
  for (const auto& path : list_images(folder_.path())) names.push_back(path.lexically_relative(folder_.path()));
  EXPECT_EQ(names, (Paths{"a/deep/x.webp", "a/z.JPG", "b.png", "c.TIFF"}));
  EXPECT_EQ(list_images(folder_ / "b.png"), Paths{folder_ / "b.png"});
}

TEST_F(ImageFile, FollowsLinksAndSurvivesCircles) {
  write_picture(folder_ / "real/a.png", 4, 4, kOrange);
  std::filesystem::create_directories(folder_ / "set");
  std::filesystem::create_directory_symlink(folder_ / "real", folder_ / "set/link");
  EXPECT_EQ(list_images(folder_ / "set").size(), 1U);
  std::filesystem::create_directory_symlink(folder_ / "set", folder_ / "set/circle");
  EXPECT_EQ(list_images(folder_ / "set").size(), 1U);
}

// What cannot be looked into stands for itself in the list: reading it tells what it is, and --skip-bad-images counts
// it.
class LostFiles : public ImageFile {
 protected:
  void SetUp() override { write_picture(folder_ / "set/good.png", 20, 20, kOrange); }

  void expect_named_and_skipped(const std::string& name, const std::string& what) {
    const Paths paths = list_images(folder_ / "set");
    ASSERT_EQ(paths.size(), 2U) << name;
    const std::string message = message_of<BadInput>([&] { read_images(paths, kColour, false); });
    EXPECT_TRUE(contains(message, (folder_ / "set" / name).string()) && contains(message, what)) << message;
    const ImagesRead read = read_images(paths, kColour, true);
    EXPECT_EQ(read.files, Paths{folder_ / "set/good.png"});
    EXPECT_EQ(read.skipped, Paths{folder_ / "set" / name});
    EXPECT_EQ(list_images(folder_ / "set" / name), Paths{folder_ / "set" / name}) << "named by itself";
  }
};

TEST_F(LostFiles, ALinkToItself) {
  for (const char* name : {"loop", "loop.png"}) {
    std::filesystem::create_symlink(name, folder_ / "set" / name);
    expect_named_and_skipped(name, "Too many levels of symbolic links");
    std::filesystem::remove(folder_ / "set" / name);
  }
}

TEST_F(LostFiles, ALinkToNothing) {
  for (const char* name : {"lost", "lost.png"}) {
    std::filesystem::create_symlink("/nowhere/at/all", folder_ / "set" / name);
    expect_named_and_skipped(name, "a link to what is not there");
    std::filesystem::remove(folder_ / "set" / name);
  }
  std::filesystem::create_symlink("/nowhere/at/all.txt", folder_ / "set/notes.txt");
  EXPECT_EQ(list_images(folder_ / "set").size(), 1U) << "no image, wherever it leads";
}

TEST_F(LostFiles, APipeIsNotWaitedFor) {
  ASSERT_EQ(::mkfifo((folder_ / "set/pipe.png").c_str(), 0600), 0);
  expect_named_and_skipped("pipe.png", "it is a pipe");
}

TEST_F(LostFiles, ADevice) {
  std::filesystem::create_symlink("/dev/zero", folder_ / "set/zero.png");
  expect_named_and_skipped("zero.png", "it is a device");
}

TEST_F(LostFiles, AFolderOrFileThatMayNotBeRead) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may read everything";
  std::filesystem::create_directories(folder_ / "set/closed");
  std::filesystem::permissions(folder_ / "set/closed", std::filesystem::perms::none);
  expect_named_and_skipped("closed", "a folder that cannot be read (Permission denied)");
  std::filesystem::permissions(folder_ / "set/closed", std::filesystem::perms::owner_all);
  std::filesystem::remove(folder_ / "set/closed");
  write_picture(folder_ / "set/secret.png", 4, 4, kOrange);
  std::filesystem::permissions(folder_ / "set/secret.png", std::filesystem::perms::none);
  expect_named_and_skipped("secret.png", "permission denied");
}

TEST_F(LostFiles, AFileOfGigabytesIsNotTakenIntoMemory) {
  write_file(folder_ / "set/huge.png", "x");
  std::filesystem::resize_file(folder_ / "set/huge.png", uintmax_t{3} << 30);  // a hole
  expect_named_and_skipped("huge.png", "3221225472 bytes");
}

TEST_F(ImageFile, RefusesFoldersWithNothingToRead) {
  EXPECT_TRUE(contains(message_of<BadInput>([&] { list_images(folder_ / "absent"); }), "no such file or folder"));
  write_file(folder_ / "notes.txt", "no image");
  const std::string message = message_of<BadInput>([&] { list_images(folder_.path()); });
  EXPECT_TRUE(contains(message, "png, jpg, jpeg, bmp, webp, tif, tiff")) << message;
  write_file(folder_ / "photo.heic", "no image");
  const std::string others = message_of<BadInput>([&] { list_images(folder_.path()); });
  EXPECT_TRUE(contains(others, "1 heic") && contains(others, "convert")) << others;
}

TEST_F(ImageFile, ReadsManyAndSkipsTheBad) {
  write_picture(folder_ / "a.png", 20, 20, cv::Scalar(255), CV_8UC1);
  write_file(folder_ / "b.png", "bad");
  write_picture(folder_ / "c.png", 20, 20, cv::Scalar(0), CV_8UC1);
  const Paths paths = list_images(folder_.path());
  EXPECT_TRUE(contains(message_of<BadInput>([&] { read_images(paths, kColour, false); }), "b.png"));
  const ImagesRead read = read_images(paths, kColour, true);
  EXPECT_EQ(read.images.sizes().vec(), (std::vector<int64_t>{2, 3, 16, 16}));
  EXPECT_EQ(read.files, (Paths{folder_ / "a.png", folder_ / "c.png"}));
  EXPECT_EQ(read.skipped, Paths{folder_ / "b.png"});
  EXPECT_TRUE((read.images[0] == 1).all().item<bool>());
  EXPECT_TRUE((read.images[1] == -1).all().item<bool>());
  EXPECT_TRUE(contains(message_of<BadInput>([&] { read_images({folder_ / "b.png"}, kColour, true); }), "none of them"));
}

}  // namespace
}  // namespace refract
