// How pictures of other proportions are brought to those of a space.
#include <ATen/ops/equal.h>
#include <ATen/ops/from_blob.h>
#include <gtest/gtest.h>

#include <opencv2/imgproc.hpp>

#include "refract/data/files/image_file.h"
#include "tests/data/support.h"

namespace refract {
namespace {

using testing_support::TempFolder;

// A picture of 60 x 30: 20 columns each of red, green and blue, as gray levels where it is gray.
class FittedImages : public testing::Test {
 protected:
  FittedImages() {
    cv::Mat colour(30, 60, CV_8UC3), gray(30, 60, CV_8UC1);
    for (int third = 0; third < 3; ++third) {
      cv::Scalar pure;
      pure[2 - third] = 255;
      colour.colRange(20 * third, 20 * third + 20).setTo(pure);
      gray.colRange(20 * third, 20 * third + 20).setTo(100 + 50 * third);
    }
    cv::imwrite((folder_ / "colour.png").string(), colour);
    cv::imwrite((folder_ / "gray.png").string(), gray);
    cv::imwrite((folder_ / "tall.png").string(), gray.t());
  }
  [[nodiscard]] Tensor fitted(const std::string& name, int64_t channels, int64_t height, int64_t width, Fit fit) const {
    Space space = Space::picture(channels, height, width);
    space.fit = fit;
    const Tensor image = read_image(folder_ / name, space);
    EXPECT_EQ(image.sizes().vec(), space.sizes);
    EXPECT_TRUE(image.is_contiguous());
    return image;
  }
  // Of a channel's middle row.
  [[nodiscard]] static std::vector<int> row(const Tensor& image, int64_t channel = 0) {
    std::vector<int> values;
    const Tensor middle = image[channel][image.size(1) / 2];
    for (int64_t x = 0; x < middle.size(0); ++x) values.push_back(middle[x].item<int>());
    return values;
  }
  TempFolder folder_;
};

TEST_F(FittedImages, CropTakesTheCentralPartOfTheRightProportions) {
  EXPECT_EQ(row(fitted("gray.png", 1, 30, 40, Fit::crop)),
            row(fitted("gray.png", 1, 30, 60, Fit::crop).slice(2, 10, 50).contiguous()));
  EXPECT_EQ(row(fitted("gray.png", 1, 6, 8, Fit::crop)), (std::vector<int>{100, 100, 150, 150, 150, 150, 200, 200}));
  EXPECT_EQ(row(fitted("gray.png", 1, 3, 12, Fit::crop)),
            (std::vector<int>{100, 100, 100, 100, 150, 150, 150, 150, 200, 200, 200, 200}))
      << "wider than the picture: all columns, and fewer rows";
  EXPECT_TRUE(
      at::equal(fitted("tall.png", 1, 8, 6, Fit::crop), fitted("gray.png", 1, 6, 8, Fit::crop).transpose(1, 2)));
}

TEST_F(FittedImages, APictureAtHandIsFittedAsItsFileWouldBe) {
  const Tensor whole = decode_whole(image_bytes(folder_ / "gray.png"), "gray.png")[0];
  for (const Fit fit : {Fit::crop, Fit::pad, Fit::stretch}) {
    Space space = Space::picture(1, 16, 8);
    space.fit = fit;
    EXPECT_TRUE(at::equal(fit_gray(whole, space), fitted("gray.png", 1, 16, 8, fit))) << name_of(fit);
    EXPECT_TRUE(at::equal(fit_gray(whole.t(), space), fitted("tall.png", 1, 16, 8, fit))) << name_of(fit);
  }
}

TEST_F(FittedImages, CropTakesRowsAndColumnsFromTheMiddle) {
  cv::Mat image(40, 21, CV_8UC1, cv::Scalar(0));
  image(cv::Rect(0, 15, 21, 10)).setTo(255);  // what remains for 20 x 10, but for a column
  cv::imwrite((folder_ / "band.png").string(), image);
  const Tensor band = fitted("band.png", 1, 10, 21, Fit::crop);
  EXPECT_TRUE((band == 255).all().item<bool>());
}

TEST_F(FittedImages, PadShowsAllWithBlackBeside) {
  const Tensor gray = fitted("gray.png", 1, 12, 12, Fit::pad);
  EXPECT_EQ(row(gray), (std::vector<int>{100, 100, 100, 100, 150, 150, 150, 150, 200, 200, 200, 200}));
  EXPECT_TRUE((gray[0].slice(0, 0, 3) == 0).all().item<bool>() && (gray[0].slice(0, 9) == 0).all().item<bool>());
  EXPECT_TRUE((gray[0].slice(0, 3, 9) > 0).all().item<bool>());
  EXPECT_EQ(row(fitted("gray.png", 1, 3, 9, Fit::pad)), (std::vector<int>{0, 100, 100, 150, 150, 200, 200, 0, 0}));
  const Tensor colour = fitted("colour.png", 3, 3, 9, Fit::pad);
  EXPECT_EQ(row(colour, 0), (std::vector<int>{0, 255, 255, 0, 0, 0, 0, 0, 0}));
  EXPECT_EQ(row(colour, 1), (std::vector<int>{0, 0, 0, 255, 255, 0, 0, 0, 0}));
  EXPECT_EQ(row(colour, 2), (std::vector<int>{0, 0, 0, 0, 0, 255, 255, 0, 0}));
  EXPECT_TRUE(at::equal(fitted("tall.png", 1, 12, 12, Fit::pad), gray.transpose(1, 2)));
}

TEST_F(FittedImages, StretchShowsAllOutOfProportion) {
  const std::vector<int> thirds = {100, 100, 150, 150, 200, 200};
  for (const int64_t height : {3, 6, 30, 90}) EXPECT_EQ(row(fitted("gray.png", 1, height, 6, Fit::stretch)), thirds);
  EXPECT_EQ(row(fitted("colour.png", 3, 8, 6, Fit::stretch), 1), (std::vector<int>{0, 0, 255, 255, 0, 0}));
  EXPECT_TRUE((fitted("tall.png", 1, 90, 7, Fit::stretch)[0][0] == 100).all().item<bool>());
}

TEST_F(FittedImages, OfTheRightProportionsAreTheSameInEveryWay) {
  for (const auto& [height, width] : {std::pair{15, 30}, {30, 60}, {60, 120}})
    for (const Fit fit : {Fit::pad, Fit::stretch})
      EXPECT_TRUE(
          at::equal(fitted("colour.png", 3, height, width, fit), fitted("colour.png", 3, height, width, Fit::crop)));
}

// As it was before there were rectangles.
TEST_F(FittedImages, ASquareIsCutOutAndResizedAsEver) {
  cv::Mat noise(37, 50, CV_8UC3), resized, rgb;
  cv::randu(noise, 0, 255);
  cv::imwrite((folder_ / "noise.png").string(), noise);
  for (const int side : {16, 37, 61}) {
    cv::resize(noise(cv::Rect(6, 0, 37, 37)), resized, {side, side}, 0, 0,
               side < 37 ? cv::INTER_AREA : cv::INTER_LINEAR);
    cv::cvtColor(resized, rgb, cv::COLOR_BGR2RGB);
    const Tensor expected = at::from_blob(rgb.data, {side, side, 3}, at::kByte).permute({2, 0, 1});
    EXPECT_TRUE(at::equal(fitted("noise.png", 3, side, side, Fit::crop), expected)) << side;
  }
}

}  // namespace
}  // namespace refract
