#include "refract/data/sets/digit_render.h"

#include <cmath>
#include <opencv2/imgproc.hpp>

#include "refract/core/random.h"

namespace refract {
namespace {

constexpr int kCanvas = 64;
constexpr int kSmallest = 32;
constexpr int kWidths = 10;

cv::Mat boundary(const Tensor& digit) {
  const cv::Mat source(static_cast<int>(digit.size(0)), static_cast<int>(digit.size(1)), CV_8U, digit.data_ptr());
  cv::Mat large;
  cv::resize(source, large, {kCanvas, kCanvas}, 0, 0, cv::INTER_CUBIC);
  double brightest = 0;
  cv::minMaxLoc(large, nullptr, &brightest);
  const cv::Mat mask = large > brightest / 2;
  cv::Mat outline;  // two pixels wide: at one pixel an L1 loss leaves the outline black (experiments/README.md)
  cv::morphologyEx(mask, outline, cv::MORPH_GRADIENT, cv::getStructuringElement(cv::MORPH_RECT, {3, 3}), {-1, -1}, 1,
                   cv::BORDER_CONSTANT, 0);
  return outline;
}

cv::Mat dilated(const cv::Mat& image, int width) {
  if (width == 1) return image;
  cv::Mat wide;
  cv::dilate(image, wide, cv::getStructuringElement(cv::MORPH_RECT, {width, width}));
  return wide;
}

cv::Mat downscaled(const cv::Mat& image, int side) {
  if (side == kCanvas) return image;
  cv::Mat canvas(kCanvas, kCanvas, CV_8U, cv::Scalar(0));
  const int margin = (kCanvas - side) / 2;
  cv::Mat centre = canvas(cv::Rect(margin, margin, side, side));
  cv::resize(image, centre, centre.size(), 0, 0, cv::INTER_AREA);
  return canvas;
}

// White where nothing of the downscaled picture is.
cv::Mat surroundings(int side) {
  cv::Mat canvas(kCanvas, kCanvas, CV_8U, cv::Scalar(255));
  const int margin = (kCanvas - side) / 2;
  canvas(cv::Rect(margin, margin, side, side)) = cv::Scalar(0);
  return canvas;
}

cv::Mat resampled(const cv::Mat& image, int size) {
  if (size == kCanvas) return image;
  cv::Mat other;
  cv::resize(image, other, {size, size}, 0, 0, size < kCanvas ? cv::INTER_AREA : cv::INTER_LINEAR);
  return other;
}

}  // namespace

std::array<float, 5> DigitStyle::factors() const {
  return {colour[0], colour[1], colour[2], static_cast<float>(side - kSmallest) / (kCanvas - kSmallest),
          static_cast<float>(width - 1) / (kWidths - 1)};
}

DigitStyle draw_style(uint64_t key) {
  uint64_t draws = 0;
  const auto next = [&] { return uniform(mix(key, ++draws)); };
  DigitStyle style;
  style.width = 1 + static_cast<int>(kWidths * next());
  style.side = static_cast<int>(std::lround(kCanvas * (0.5 + 0.5 * next())));
  for (float& channel : style.colour) channel = static_cast<float>(next());
  const float sum = style.colour[0] + style.colour[1] + style.colour[2];
  for (float& channel : style.colour) channel /= sum;
  return style;
}

void render_digit(const Tensor& digit, const DigitStyle& style, int64_t size, float* out, float padding) {
  const cv::Mat gray = resampled(downscaled(dilated(boundary(digit), style.width), style.side), static_cast<int>(size));
  const int64_t pixels = size * size;
  const auto* values = gray.ptr<uint8_t>();  // whole matrices of their own: contiguous
  for (const float channel : style.colour) {
    const float factor = channel / 127.5F;
    for (int64_t i = 0; i < pixels; ++i) out[i] = static_cast<float>(values[i]) * factor - 1.0F;
    out += pixels;
  }
  if (padding == -1.0F) return;
  const cv::Mat frame = resampled(surroundings(style.side), static_cast<int>(size));
  const auto* share = frame.ptr<uint8_t>();
  out -= 3 * pixels;
  for (int64_t i = 0; i < 3 * pixels; ++i) out[i] += static_cast<float>(share[i % pixels]) / 255.0F * (padding + 1.0F);
}

}  // namespace refract
