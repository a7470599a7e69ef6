#include "refract/report/report_pictures.h"

#include <ATen/ops/empty.h>

#include <algorithm>
#include <array>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "refract/data/files/image_file.h"
#include "refract/draw/canvas.h"
#include "refract/draw/gif_file.h"
#include "refract/draw/webp_file.h"

namespace refract {
namespace {

struct Quality {
  int64_t side;  // pixels, of the longer side; of an animation, which has so many of them, half of it
  int webp;
};

constexpr std::array<Quality, 10> kQualities = {{{2400, kLossless},
                                                 {2000, 90},
                                                 {1600, 85},
                                                 {1300, 80},
                                                 {1000, 75},
                                                 {800, 65},
                                                 {600, 55},
                                                 {400, 45},
                                                 {240, 35},
                                                 {120, 20}}};

Tensor shrunk(const Tensor& frame, int64_t height, int64_t width) {
  const Tensor pixels = frame.permute({1, 2, 0}).contiguous();
  Tensor small = at::empty({height, width, 3}, at::kByte);
  const cv::Mat from(static_cast<int>(frame.size(1)), static_cast<int>(frame.size(2)), CV_8UC3, pixels.data_ptr());
  cv::Mat to(static_cast<int>(height), static_cast<int>(width), CV_8UC3, small.data_ptr());
  cv::resize(from, to, to.size(), 0, 0, cv::INTER_AREA);
  return small.permute({2, 0, 1});
}

// With its longer side of at most `side` pixels.
Tensor fitted(const Tensor& frame, int64_t side) {
  const int64_t height = frame.size(1), width = frame.size(2);
  const int64_t longer = std::max(height, width);
  if (longer <= side) return frame;
  return shrunk(frame, std::max<int64_t>(1, height * side / longer), std::max<int64_t>(1, width * side / longer));
}

// A picture of which no more pixels are held than the best quality shows.
struct Decoded {
  Animation picture;
  int64_t width = 0;  // of the whole picture
  bool moves = false;

  [[nodiscard]] int64_t side(const Quality& quality) const { return moves ? quality.side / 2 : quality.side; }
};

Decoded decoded(const ReportPicture& picture) {
  Decoded all;
  all.moves = picture.type == "image/gif";
  const auto keep = [&](const Tensor& frame) {
    all.width = frame.size(2);
    return fitted(frame, all.side(kQualities.front()));
  };
  all.picture = all.moves ? read_gif(picture.bytes, picture.title, keep)
                          : Animation{{keep(to_bytes(decode_whole(picture.bytes, picture.title)))}, {0}};
  return all;
}

// The picture itself where it is the smaller one.
ReportPicture reduced(const ReportPicture& picture, const Decoded& whole, const Quality& quality) {
  Animation small{{}, whole.picture.milliseconds};
  for (const Tensor& frame : whole.picture.frames) small.frames.push_back(fitted(frame, whole.side(quality)));
  // Without loss, an animation has more pixels than a page is worth.
  std::string bytes = webp(small, whole.moves ? std::min(quality.webp, kQualities[1].webp) : quality.webp);
  if (bytes.size() >= picture.bytes.size()) return picture;
  ReportPicture copy = picture;
  copy.type = "image/webp";
  copy.bytes = std::move(bytes);
  copy.reduced = true;
  copy.width = whole.width;
  return copy;
}

size_t total(const std::vector<ReportPicture>& pictures) {
  size_t bytes = 0;
  for (const ReportPicture& picture : pictures) bytes += picture.bytes.size();
  return bytes;
}

}  // namespace

void reduce(std::vector<ReportPicture>& pictures, size_t bytes) {
  if (total(pictures) <= bytes) return;
  std::vector<Decoded> whole;
  whole.reserve(pictures.size());
  for (const ReportPicture& picture : pictures) whole.push_back(decoded(picture));
  const std::vector<ReportPicture> originals = std::move(pictures);
  constexpr size_t much = 4;  // times too large: the next quality will not do
  for (size_t q = total(originals) > much * bytes ? 1 : 0; q < kQualities.size();) {
    pictures.clear();
    for (size_t i = 0; i < originals.size(); ++i) pictures.push_back(reduced(originals[i], whole[i], kQualities.at(q)));
    if (total(pictures) <= bytes || q + 1 == kQualities.size()) return;
    q = std::min(kQualities.size() - 1, q + (total(pictures) > much * bytes ? 2 : 1));
  }
}

}  // namespace refract
