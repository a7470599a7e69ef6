// Files read back by their own libraries.
#include "refract/figures/picture.h"

#include <ATen/ops/from_blob.h>
#include <ATen/ops/randint.h>
#include <ATen/ops/zeros.h>
#include <gif_lib.h>
#include <gtest/gtest.h>

#include <cstring>
#include <opencv2/imgcodecs.hpp>

#include "refract/core/errors.h"
#include "refract/figures/palette.h"

namespace refract {
namespace {

Tensor random_frame(int64_t height, int64_t width, int64_t colours, uint64_t seed) {
  at::manual_seed(seed);
  const Tensor palette = at::randint(0, 256, {colours, 3}).to(at::kByte);
  return palette.index_select(0, at::randint(0, colours, {height * width})).view({height, width, 3}).permute({2, 0, 1});
}

struct Reader {
  const std::string* bytes;
  size_t position = 0;
};

int read_bytes(GifFileType* file, GifByteType* target, int count) {
  auto* reader = static_cast<Reader*>(file->UserData);
  const size_t some = std::min(static_cast<size_t>(count), reader->bytes->size() - reader->position);
  std::memcpy(target, reader->bytes->data() + reader->position, some);
  reader->position += some;
  return static_cast<int>(some);
}

struct Shown {
  Tensor frame;
  int delay = 0;
};

void paint(const GifFileType& file, const SavedImage& image, Tensor& canvas) {
  const GifImageDesc& d = image.ImageDesc;
  for (int y = 0; y < d.Height; ++y)
    for (int x = 0; x < d.Width; ++x) {
      const GifColorType& colour = file.SColorMap->Colors[image.RasterBits[y * d.Width + x]];
      uint8_t* pixel = canvas.data_ptr<uint8_t>() + ((d.Top + y) * file.SWidth + d.Left + x) * 3;
      pixel[0] = colour.Red;
      pixel[1] = colour.Green;
      pixel[2] = colour.Blue;
    }
}

// What a viewer shows: each frame over the one before.
std::vector<Shown> decode(const std::string& bytes) {
  Reader reader{&bytes};
  int error = 0;
  GifFileType* file = DGifOpen(&reader, read_bytes, &error);
  if (file == nullptr || DGifSlurp(file) != GIF_OK) return {};
  Tensor canvas = at::zeros({file->SHeight, file->SWidth, 3}, at::kByte);
  std::vector<Shown> shown;
  for (int i = 0; i < file->ImageCount; ++i) {
    paint(*file, file->SavedImages[i], canvas);
    GraphicsControlBlock control{};
    DGifSavedExtensionToGCB(file, i, &control);
    shown.push_back({canvas.permute({2, 0, 1}).clone(), control.DelayTime});
  }
  DGifCloseFile(file, nullptr);
  return shown;
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
  const std::vector<Shown> shown = decode(bytes);
  ASSERT_EQ(shown.size(), 3U);
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_TRUE(shown[i].frame.equal(frames[i])) << i;
    EXPECT_EQ(shown[i].delay, 5);
  }
}

TEST(Gif, EqualFramesBecomeOneThatStaysLonger) {
  const Tensor a = random_frame(8, 8, 3, 1);
  const Tensor b = random_frame(8, 8, 3, 2);
  const std::vector<Shown> shown = decode(gif({a, a.clone(), a, b}, 60));
  ASSERT_EQ(shown.size(), 2U);
  EXPECT_EQ(shown[0].delay, 18);
  EXPECT_EQ(shown[1].delay, 6);
}

TEST(Gif, ManyColoursStayCloseAndTheBackgroundExact) {
  Tensor frame = random_frame(64, 64, 4000, 1);
  frame.slice(1, 0, 40).fill_(255);
  const std::vector<Shown> shown = decode(gif({frame}));
  ASSERT_EQ(shown.size(), 1U);
  EXPECT_TRUE(shown[0].frame.slice(1, 0, 40).eq(255).all().item<bool>());
  const Tensor error = (shown[0].frame.to(at::kFloat) - frame.to(at::kFloat)).slice(1, 40).abs();
  EXPECT_LT(error.mean().item<double>(), 12);  // 1,536 random colours in a cube on 255 entries
  EXPECT_EQ(gif({frame}), gif({frame}));
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
