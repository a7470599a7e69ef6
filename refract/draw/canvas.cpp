#include "refract/draw/canvas.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/full.h>
#include <ATen/ops/nan_to_num.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "refract/core/errors.h"
#include "refract/core/text.h"

namespace refract {
namespace {

// OpenCV's strokes look crisp when drawn four times too large and averaged down.
constexpr int kOversampling = 4;
constexpr int kFont = cv::FONT_HERSHEY_DUPLEX;
constexpr double kInk = 45;  // dark grey

double font_scale(int64_t height) {
  return static_cast<double>(height) * kOversampling * 0.026;
}
int thickness(int64_t height) {
  return height >= kHeadingHeight ? 6 : 4;
}

std::string ascii(const std::string& text) {
  std::string plain;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0U) == 0x80U) continue;  // the later bytes of a UTF-8 character
    plain += byte >= 32 && byte < 127 ? c : '?';
  }
  return plain;
}

// Coverage of the text in [0, 1]: [height, width] float.
Tensor text_mask(const std::string& text, int64_t height) {
  const int64_t width = text_width(text, height);
  cv::Mat large(static_cast<int>(height * kOversampling), static_cast<int>(width * kOversampling), CV_8U,
                cv::Scalar(0));
  const cv::Point baseline(kOversampling, static_cast<int>(std::lround(0.78 * large.rows)));
  cv::putText(large, ascii(text), baseline, kFont, font_scale(height), cv::Scalar(255), thickness(height));
  Tensor mask = at::empty({height, width}, at::kByte);
  cv::Mat small(static_cast<int>(height), static_cast<int>(width), CV_8U, mask.data_ptr());
  cv::resize(large, small, small.size(), 0, 0, cv::INTER_AREA);
  return mask.to(at::kFloat) / 255;
}

}  // namespace

Canvas::Canvas(int64_t height, int64_t width) : pixels_(at::full({height, width, 3}, 255, at::kByte)) {}

void Canvas::paste(const Tensor& image, int64_t top, int64_t left) {
  pixels_.narrow(0, top, image.size(1)).narrow(1, left, image.size(2)).copy_(image.permute({1, 2, 0}));
}

void Canvas::write(const std::string& text, int64_t height, int64_t top, int64_t left) {
  const int64_t rows = std::min(height, pixels_.size(0) - top);
  const int64_t columns = std::min(text_width(text, height), pixels_.size(1) - left);
  if (text.empty() || rows <= 0 || columns <= 0) return;
  const Tensor mask = text_mask(text, height).slice(0, 0, rows).slice(1, 0, columns).unsqueeze(2);
  Tensor under = pixels_.narrow(0, top, rows).narrow(1, left, columns);
  under.copy_((under.to(at::kFloat) * (1 - mask) + mask * kInk).round());
}

void Canvas::line(const std::vector<Point>& points, std::array<uint8_t, 3> colour, bool dashed) {
  constexpr int fraction_bits = 4;
  constexpr double unit = 1 << fraction_bits;
  constexpr double dash = 4;  // pixels
  cv::Mat picture(static_cast<int>(pixels_.size(0)), static_cast<int>(pixels_.size(1)), CV_8UC3, pixels_.data_ptr());
  const auto stroke = [&](double x0, double y0, double x1, double y1) {
    const auto fixed = [&](double x, double y) {
      return cv::Point(static_cast<int>(std::lround(x * unit)), static_cast<int>(std::lround(y * unit)));
    };
    cv::line(picture, fixed(x0, y0), fixed(x1, y1), cv::Scalar(colour[0], colour[1], colour[2]), 2, cv::LINE_AA,
             fraction_bits);
  };
  for (size_t i = 0; i + 1 < points.size(); ++i) {
    const auto [x0, y0] = points[i];
    const auto [x1, y1] = points[i + 1];
    const double length = std::hypot(x1 - x0, y1 - y0);
    if (!dashed || length == 0) {
      stroke(x0, y0, x1, y1);
      continue;
    }
    for (double at = 0; at < length; at += 2 * dash) {
      const double from = at / length;
      const double to = std::min(1.0, (at + dash) / length);
      stroke(x0 + from * (x1 - x0), y0 + from * (y1 - y0), x0 + to * (x1 - x0), y0 + to * (y1 - y0));
    }
  }
}

void Canvas::dot(Point centre, double radius, std::array<uint8_t, 3> colour) {
  constexpr int fraction_bits = 4;
  constexpr double unit = 1 << fraction_bits;
  cv::Mat picture(static_cast<int>(pixels_.size(0)), static_cast<int>(pixels_.size(1)), CV_8UC3, pixels_.data_ptr());
  const auto fixed = [](double value) { return static_cast<int>(std::lround(value * unit)); };
  cv::circle(picture, {fixed(centre.first), fixed(centre.second)}, fixed(radius),
             cv::Scalar(colour[0], colour[1], colour[2]), cv::FILLED, cv::LINE_AA, fraction_bits);
}

void Canvas::bar(int64_t top, int64_t left, int64_t height, int64_t width, std::array<uint8_t, 3> colour) {
  cv::Mat picture(static_cast<int>(pixels_.size(0)), static_cast<int>(pixels_.size(1)), CV_8UC3, pixels_.data_ptr());
  cv::rectangle(
      picture,
      cv::Rect(static_cast<int>(left), static_cast<int>(top), static_cast<int>(width), static_cast<int>(height)),
      cv::Scalar(colour[0], colour[1], colour[2]), cv::FILLED);
}

Tensor Canvas::frame() const {
  return pixels_.permute({2, 0, 1}).contiguous();
}

int64_t text_width(const std::string& text, int64_t height) {
  const cv::Size size = cv::getTextSize(ascii(text), kFont, font_scale(height), thickness(height), nullptr);
  return size.width / kOversampling + 3;
}

std::string fitted_text(const std::string& text, int64_t height, int64_t width) {
  constexpr size_t most_bytes = 4;  // of a character, which is at least a pixel wide
  std::string_view begin = beginning(text, most_bytes * static_cast<size_t>(std::max<int64_t>(width, 0)));
  if (begin.size() == text.size() && text_width(text, height) <= width) return text;
  const auto shortened = [&] { return fmt::format("{}..", begin); };
  while (!begin.empty() && text_width(shortened(), height) > width) begin = beginning(begin, begin.size() - 1);
  return shortened();
}

Tensor to_bytes(const Tensor& images) {
  const int64_t channels = images.size(-3);
  if (channels != 1 && channels != 3)
    throw BadInput(fmt::format("Drawing images: expected 1 or 3 channels, found {}.", channels));
  const Tensor bytes = images.scalar_type() == at::kByte
                           ? images.to(at::kCPU)
                           : ((at::nan_to_num(images.detach().to(at::kCPU, at::kFloat)) + 1) * 127.5)
                                 .round()
                                 .clamp(0, 255)
                                 .to(at::kByte);
  return channels == 3 ? bytes : bytes.repeat_interleave(3, -3);
}

Tensor enlarge(const Tensor& images, int64_t factor) {
  return images.repeat_interleave(factor, -2).repeat_interleave(factor, -1);
}

}  // namespace refract
