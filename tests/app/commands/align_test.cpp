// `refract align` on a picture and the same picture turned: both come out alike.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "refract/core/files.h"
#include "tests/support/program.h"

namespace refract {
namespace {

using testing_support::Folder;
using testing_support::Ran;
using testing_support::refract;

// A picture with soft blobs, and it again as `map` has it; the landmarks go along.
class AlignedPictures : public ::testing::Test {
 protected:
  AlignedPictures() {
    cv::Mat picture(160, 200, CV_8UC3, cv::Scalar(30, 60, 90));
    for (const auto& [x, y] : kPoints) cv::circle(picture, {x, y}, 9, cv::Scalar(3.0 * x / 2, 255 - y, 120), -1);
    cv::GaussianBlur(picture, picture, {}, 2);
    std::filesystem::create_directories(folder_ / "photos/below");
    cv::imwrite(folder_ / "photos/straight.png", picture);
    const cv::Mat map = cv::getRotationMatrix2D({90, 80}, 25, 0.8);
    cv::Mat turned;
    cv::warpAffine(picture, turned, map, {200, 160}, cv::INTER_LINEAR, cv::BORDER_REPLICATE);
    cv::imwrite(folder_ / "photos/below/turned.png", turned);
    std::string csv = "straight.png", second = "\nbelow/turned.png";
    for (const auto& [x, y] : kPoints) {
      csv += fmt::format(",{},{}", x, y);
      for (int row = 0; row < 2; ++row)
        second += fmt::format(",{}", map.at<double>(row, 0) * x + map.at<double>(row, 1) * y + map.at<double>(row, 2));
    }
    write_file(folder_ / "landmarks.csv", csv + second + "\n");
  }
  Ran align(const std::vector<std::string>& more = {}) {
    std::vector<std::string> words = {
        "align", folder_ / "photos", "--landmarks", folder_ / "landmarks.csv", "--size", "64",
        "--out", folder_ / "out"};
    words.insert(words.end(), more.begin(), more.end());
    return refract(words);
  }

  static constexpr std::array<std::pair<int, int>, 4> kPoints = {{{60, 50}, {120, 52}, {92, 80}, {90, 112}}};
  Folder folder_;
};

TEST_F(AlignedPictures, ComeOutAlike) {
  const Ran ran = align();
  ASSERT_EQ(ran.status, 0) << ran.err;
  const cv::Mat straight = cv::imread(folder_ / "out/straight.png");
  const cv::Mat turned = cv::imread(folder_ / "out/below/turned.png");
  ASSERT_EQ(straight.size(), cv::Size(64, 64));
  ASSERT_EQ(turned.size(), cv::Size(64, 64));
  const cv::Rect inner(8, 8, 48, 48);
  cv::Mat difference;
  cv::absdiff(straight(inner), turned(inner), difference);
  EXPECT_LT(cv::mean(difference)[0], 3);
  EXPECT_GT(cv::norm(straight(inner), cv::NORM_INF), 100);
}

TEST_F(AlignedPictures, AnExistingFolderAndMissingLandmarksAreRefused) {
  write_file(folder_ / "landmarks.csv", "straight.png,60,50,120,52,92,80\n");
  const Ran missing = align();
  EXPECT_EQ(missing.status, 2);
  EXPECT_NE(missing.err.find("turned.png"), std::string::npos) << missing.err;
  EXPECT_FALSE(std::filesystem::exists(folder_ / "out"));
  EXPECT_EQ(align({"--skip-missing"}).status, 0);
  const Ran again = align({"--skip-missing"});
  EXPECT_EQ(again.status, 2);
  EXPECT_NE(again.err.find("exists already"), std::string::npos) << again.err;
}

TEST_F(AlignedPictures, TwoThatWouldGetOneNameAreRefused) {
  std::filesystem::copy(folder_ / "photos/straight.png", folder_ / "photos/straight.jpg");
  write_file(folder_ / "landmarks.csv", "straight,60,50,120,52,92,80\n");
  const Ran ran = align({"--skip-missing"});
  EXPECT_EQ(ran.status, 2);
  EXPECT_NE(ran.err.find("would both become straight.png"), std::string::npos) << ran.err;
  EXPECT_FALSE(std::filesystem::exists(folder_ / "out"));
}

TEST_F(AlignedPictures, PointsOnALineAreNamedByFileAndLine) {
  write_file(folder_ / "landmarks.csv",
             "name,x,y,x,y,x,y\nstraight.png,60,50,120,52,92,80\nbelow/turned.png,1,1,2,2,3,3\n");
  const Ran ran = align();
  EXPECT_EQ(ran.status, 2);
  EXPECT_NE(ran.err.find(folder_ / "landmarks.csv" + ", line 3"), std::string::npos) << ran.err;
  EXPECT_FALSE(std::filesystem::exists(folder_ / "out"));
}

TEST_F(AlignedPictures, AFolderOfTheUsersBesideTheNewOneStays) {
  std::filesystem::create_directories(folder_ / "out.partial");
  write_file(folder_ / "out.partial/notes.txt", "precious");
  EXPECT_EQ(align().status, 0);
  EXPECT_EQ(read_file(folder_ / "out.partial/notes.txt"), "precious");
}

}  // namespace
}  // namespace refract
