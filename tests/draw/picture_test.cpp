// Files read back by their own libraries.
#include "refract/draw/picture.h"

#include <ATen/ops/from_blob.h>
#include <ATen/ops/randint.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>

#include <opencv2/imgcodecs.hpp>

#include "refract/core/errors.h"
#include "refract/draw/gif_file.h"
#include "refract/draw/palette.h"

namespace refract {
namespace {

Tensor random_frame(int64_t height, int64_t width, int64_t colours, uint64_t seed) {
  at::manual_seed(seed);
  const Tensor palette = at::randint(0, 256, {colours, 3}).to(at::kByte);
  return palette.index_select(0, at::randint(0, colours, {height * width})).view({height, width, 3}).permute({2, 0, 1});
}

// What a viewer shows: each frame over the one before.
Animation decode(const std::string& bytes) {
  return read_gif(bytes, "the test");
}

TEST(Png, ReadsBackExactly) {
  const Tensor frame = random_frame(13, 17, 1000, 1);
  const std::string bytes = png(frame);
  const cv::Mat read = cv::imdecode(std::vector<uint8_t>(bytes.begin(), bytes.end()), cv::IMREAD_COLOR);
  ASSERT_EQ(read.rows, 13);
  ASSERT_EQ(read.cols, 17);
  const Tensor bgr = at::from_blob(read.data, {13, 17, 3}, at::kByte);
  EXPECT_TRUE(bgr.permute({2, 0, 1}).flip(0).equal(frame));
}

TEST(Gif, FewColoursReadBackExactly) {
  std::vector<Tensor> frames;
  frames.push_back(random_frame(21, 34, 9, 1).div(4, "floor").mul(4));
  frames.push_back(frames[0].clone());
  frames[1].slice(1, 5, 9).slice(2, 30, 33).fill_(128);  // a small change
  frames.push_back(frames[1].flip(1));
  const std::string bytes = gif(frames, 50);
  EXPECT_EQ(bytes.substr(0, 6), "GIF89a");
  EXPECT_NE(bytes.find("NETSCAPE2.0"), std::string::npos);
  const Animation shown = decode(bytes);
  ASSERT_EQ(shown.frames.size(), 3U);
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_TRUE(shown.frames[i].equal(frames[i])) << i;
    EXPECT_EQ(shown.milliseconds[i], 50);
  }
}

TEST(Gif, EqualFramesBecomeOneThatStaysLonger) {
  const Tensor a = random_frame(8, 8, 3, 1);
  const Tensor b = random_frame(8, 8, 3, 2);
  const Animation shown = decode(gif({a, a.clone(), a, b}, 60));
  ASSERT_EQ(shown.frames.size(), 2U);
  EXPECT_EQ(shown.milliseconds[0], 180);
  EXPECT_EQ(shown.milliseconds[1], 60);
}

TEST(Gif, ManyColoursStayCloseAndTheBackgroundExact) {
  Tensor frame = random_frame(64, 64, 4000, 1);
  frame.slice(1, 0, 40).fill_(255);
  const Animation shown = decode(gif({frame}));
  ASSERT_EQ(shown.frames.size(), 1U);
  EXPECT_TRUE(shown.frames[0].slice(1, 0, 40).eq(255).all().item<bool>());
  const Tensor error = (shown.frames[0].to(at::kFloat) - frame.to(at::kFloat)).slice(1, 40).abs();
  EXPECT_LT(error.mean().item<double>(), 12);  // 1,536 random colours in a cube on 255 entries
  EXPECT_EQ(gif({frame}), gif({frame}));
}

TEST(Gif, DamageIsRefused) {
  const std::string whole = gif({random_frame(30, 30, 9, 1), random_frame(30, 30, 9, 2)});
  EXPECT_EQ(read_gif(whole, "a.gif").frames.size(), 2U);
  for (const std::string& bytes : {std::string(), whole.substr(0, 10), whole.substr(0, 200), "no" + whole})
    EXPECT_THROW(read_gif(bytes, "a.gif"), BadInput) << bytes.size();
}

TEST(Gif, RefusesWhatIsNoAnimation) {
  EXPECT_THROW(gif({}), Error);
  EXPECT_THROW(gif({at::zeros({3, 4, 4}, at::kByte), at::zeros({3, 5, 4}, at::kByte)}), Error);
  EXPECT_THROW(gif({at::zeros({3, 4, 4})}), Error);
  EXPECT_THROW(png(at::zeros({1, 4, 4}, at::kByte)), Error);
}

TEST(Palette, HoldsNoMoreThan256Colours) {
  const Palette palette = palette_of({random_frame(50, 50, 2500, 3)});
  EXPECT_EQ(palette.colours.size(), 256U);
}

}  // namespace
}  // namespace refract
