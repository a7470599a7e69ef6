#include "refract/report/report_pictures.h"

#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/randint.h>
#include <gtest/gtest.h>
#include <webp/mux.h>

#include <memory>

#include "refract/core/errors.h"
#include "refract/data/files/image_file.h"
#include "refract/draw/canvas.h"
#include "refract/draw/picture.h"

namespace refract {
namespace {

// Squares of few colours, as of enlarged digits.
Tensor squares(int64_t side, uint64_t seed) {
  at::manual_seed(seed);
  return enlarge((at::randint(0, 2, {3, side, side}) * 200).to(at::kByte), 4);
}

// Colours that change slowly, as in photographs.
Tensor smooth(int64_t height, int64_t width, double phase) {
  const Tensor y = at::arange(height, at::kFloat).view({1, height, 1});
  const Tensor x = at::arange(width, at::kFloat).view({1, 1, width});
  const auto wave = [&](double a, double b) { return ((x * a + y * b + phase).sin() + 1) * 127; };
  return (at::cat({wave(0.02, 0.01), wave(0.01, -0.02), wave(0.005, 0.03)}) + at::randint(0, 3, {3, height, width}))
      .clamp(0, 255)
      .to(at::kByte);
}

// No more than a palette holds: finding one for thousands takes long.
Tensor few_colours(const Tensor& frame) {
  return (frame / 43).floor().mul(43).to(at::kByte);
}

ReportPicture still(const Tensor& frame) {
  return {"A title", "A caption.", "image/png", png(frame)};
}

size_t bytes_of(const std::vector<ReportPicture>& pictures) {
  size_t bytes = 0;
  for (const ReportPicture& picture : pictures) bytes += picture.bytes.size();
  return bytes;
}

TEST(ReportPictures, WhatFitsStaysAsItIs) {
  std::vector<ReportPicture> pictures = {still(squares(40, 1)), still(squares(40, 2))};
  const std::string before = pictures[0].bytes;
  reduce(pictures, bytes_of(pictures));
  EXPECT_EQ(pictures[0].bytes, before);
  EXPECT_FALSE(pictures[0].reduced);
}

TEST(ReportPictures, NothingIsLostWhereThatSuffices) {
  std::vector<ReportPicture> pictures = {still(squares(100, 1))};
  reduce(pictures, pictures[0].bytes.size() * 9 / 10);
  EXPECT_EQ(pictures[0].type, "image/webp");
  EXPECT_TRUE(pictures[0].reduced);
  EXPECT_TRUE(decode_whole(pictures[0].bytes, "picture").equal(squares(100, 1)));
}

// The pixels of a frame that stand where those of a smaller one do.
Tensor seen_at(const Tensor& frame, int64_t height, int64_t width) {
  const auto places = [](int64_t from, int64_t to) {
    return ((at::arange(to, at::kDouble) + 0.5) * static_cast<double>(from) / static_cast<double>(to)).to(at::kLong);
  };
  return frame.index_select(1, places(frame.size(1), height)).index_select(2, places(frame.size(2), width));
}

TEST(ReportPictures, CopiesLookLikeThePictures) {
  const Tensor frame = smooth(600, 3000, 0);
  std::vector<ReportPicture> pictures = {still(frame)};
  const size_t most = pictures[0].bytes.size() / 20;
  reduce(pictures, most);
  EXPECT_LE(pictures[0].bytes.size(), most);
  EXPECT_EQ(pictures[0].width, 3000);
  const Tensor seen = decode_whole(pictures[0].bytes, "picture");
  EXPECT_LE(seen.size(2), 2000);
  EXPECT_GE(seen.size(2), 1000);
  EXPECT_EQ(seen.size(1), seen.size(2) / 5);
  const Tensor same = seen_at(frame, seen.size(1), seen.size(2));
  EXPECT_LT((seen.to(at::kFloat) - same.to(at::kFloat)).abs().mean().item<double>(), 4);
}

TEST(ReportPictures, AnimationsMoveOn) {
  std::vector<Tensor> frames;
  for (int i = 0; i < 12; ++i) frames.push_back(few_colours(smooth(120, 400, 0.4 * i)));
  std::vector<ReportPicture> pictures = {{"A title", "A caption.", "image/gif", gif(frames, 60)}};
  reduce(pictures, pictures[0].bytes.size() / 3);
  ASSERT_EQ(pictures[0].type, "image/webp");
  const WebPData data{reinterpret_cast<const uint8_t*>(pictures[0].bytes.data()), pictures[0].bytes.size()};
  const std::unique_ptr<WebPMux, void (*)(WebPMux*)> file(WebPMuxCreate(&data, 0), WebPMuxDelete);
  ASSERT_NE(file, nullptr);
  WebPMuxAnimParams repeats{};
  EXPECT_EQ(WebPMuxGetAnimationParams(file.get(), &repeats), WEBP_MUX_OK);
  EXPECT_EQ(repeats.loop_count, 0);
  int count = 0, milliseconds = 0;
  for (WebPMuxFrameInfo frame{}; WebPMuxGetFrame(file.get(), static_cast<uint32_t>(count + 1), &frame) == WEBP_MUX_OK;
       WebPDataClear(&frame.bitstream)) {
    ++count;
    milliseconds += frame.duration;
  }
  EXPECT_EQ(count, 12);
  EXPECT_EQ(milliseconds, 12 * 60);
}

TEST(ReportPictures, DamageIsNamed) {
  std::vector<ReportPicture> pictures = {still(squares(10, 1))};
  pictures[0].bytes.resize(60);
  EXPECT_THROW(reduce(pictures, 10), BadInput);
}

}  // namespace
}  // namespace refract
