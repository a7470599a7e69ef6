#include "refract/draw/picture.h"

#include <fmt/format.h>

#include <algorithm>
#include <opencv2/imgcodecs.hpp>

#include "refract/core/errors.h"
#include "refract/draw/gif_file.h"
#include "refract/draw/palette.h"

namespace refract {
namespace {

void check(const Tensor& frame) {
  if (frame.dim() != 3 || frame.size(0) != 3 || frame.scalar_type() != at::kByte || frame.numel() == 0)
    throw Error(fmt::format("Writing a picture: expected a frame [3, H, W] uint8, found [{}].",
                            fmt::join(frame.sizes(), ", ")));
}

}  // namespace

std::string png(const Tensor& frame) {
  check(frame);
  const Tensor bgr = frame.flip(0).permute({1, 2, 0}).contiguous();
  const cv::Mat image(static_cast<int>(bgr.size(0)), static_cast<int>(bgr.size(1)), CV_8UC3, bgr.data_ptr());
  std::vector<uint8_t> bytes;
  if (!cv::imencode(".png", image, bytes)) throw Error("Writing a picture: OpenCV cannot encode PNG.");
  return {bytes.begin(), bytes.end()};
}

std::string gif(const std::vector<Tensor>& frames, int64_t milliseconds) {
  if (frames.empty()) throw Error("Writing an animation: expected at least one frame, found none.");
  for (const Tensor& frame : frames) {
    check(frame);
    if (frame.sizes() != frames[0].sizes()) throw Error("Writing an animation: the frames differ in size.");
  }
  const Palette palette = palette_of(frames);
  GifFile file(frames[0].size(1), frames[0].size(2), palette.colours);
  const int64_t delay = std::max<int64_t>(2, milliseconds / 10);  // in 1/100 s; browsers slow down what is faster
  for (size_t first = 0; first < frames.size();) {
    size_t next = first + 1;
    while (next < frames.size() && frames[next].equal(frames[first])) ++next;
    file.add(palette(frames[first]), delay * static_cast<int64_t>(next - first));
    first = next;
  }
  return file.bytes();
}

}  // namespace refract
