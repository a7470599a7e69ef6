#include "refract/data/files/image_file.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/stack.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <mutex>
#include <new>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/imgproc.hpp>

#include "refract/core/errors.h"
#include "refract/core/files.h"
#include "refract/data/files/decoders/image_decoders.h"
#include "refract/data/files/exif.h"
#include "refract/data/files/image_format.h"

namespace refract {
namespace {

[[noreturn]] void refuse(const std::filesystem::path& path, const std::string& found) {
  throw BadInput(fmt::format("Reading the image {}: {}. Replace or remove the file.", path.string(), found));
}

// What stands where a file was expected.
std::string what_is_there(const std::filesystem::path& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  switch (status.type()) {
    case std::filesystem::file_type::not_found:
      return std::filesystem::is_symlink(path, error) ? "it is a link to what is not there" : "there is no such file";
    case std::filesystem::file_type::directory:
      std::filesystem::directory_iterator(path, error);
      return error ? fmt::format("it is a folder that cannot be read ({})", error.message()) : "it is a folder";
    case std::filesystem::file_type::fifo:
      return "it is a pipe, no file";
    case std::filesystem::file_type::socket:
      return "it is a socket, no file";
    case std::filesystem::file_type::block:
    case std::filesystem::file_type::character:
      return "it is a device, no file";
    default:
      return fmt::format("it cannot be read ({})", error.message());
  }
}

// Once: OpenCV rebuilds its thread pool at every call, which must not happen while another thread is in it.
void settle_opencv() {
  static std::once_flag once;
  std::call_once(once, [] {
    cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);  // what is wrong is thrown, not printed
    cv::setNumThreads(1);  // several images are decoded side by side instead
  });
}

Picture decode(std::string_view bytes) {
  switch (image_format(bytes)) {
    case ImageFormat::png:
      return decode_png(bytes);
    case ImageFormat::jpeg:
      return decode_jpeg(bytes);
    case ImageFormat::bmp:
      return decode_bmp(bytes);
    case ImageFormat::webp:
      return decode_webp(bytes);
    case ImageFormat::tiff:
      return decode_tiff(bytes);
    case ImageFormat::pgm:
      return decode_pgm(bytes);
    case ImageFormat::unknown:
      break;
  }
  throw Undecodable(why_not_read(bytes));
}

// In bands, so that what is computed on the way takes little memory.
cv::Mat over_black(const cv::Mat& image) {
  if (image.channels() != 4) return image;
  constexpr int band = 64;
  cv::Mat result(image.size(), CV_8UC3), colour, alpha;
  for (int y = 0; y < image.rows; y += band) {
    const cv::Range rows(y, std::min(y + band, image.rows));
    cv::cvtColor(image.rowRange(rows), colour, cv::COLOR_BGRA2BGR);
    cv::extractChannel(image.rowRange(rows), alpha, 3);
    cv::cvtColor(alpha, alpha, cv::COLOR_GRAY2BGR);
    cv::multiply(colour, alpha, result.rowRange(rows), 1.0 / 255);
  }
  return result;
}

cv::Mat with_channels(const cv::Mat& image, int64_t channels) {
  if (image.channels() == channels && channels == 1) return image;
  cv::Mat other;
  if (channels == 1)
    cv::cvtColor(image, other, cv::COLOR_BGR2GRAY);
  else
    cv::cvtColor(image, other, image.channels() == 1 ? cv::COLOR_GRAY2RGB : cv::COLOR_BGR2RGB);
  return other;
}

// The largest central part of the proportions of width x height.
cv::Mat central_part(const cv::Mat& image, const cv::Size& wanted) {
  const auto scaled = [](int side, int by, int over) {
    return std::max(1, static_cast<int>(std::lround(static_cast<double>(side) * by / over)));
  };
  const int width = std::min(image.cols, scaled(image.rows, wanted.width, wanted.height));
  const int height = std::min(image.rows, scaled(image.cols, wanted.height, wanted.width));
  return image(cv::Rect((image.cols - width) / 2, (image.rows - height) / 2, width, height));
}

// Each direction by itself: a picture that is stretched may shrink in one and grow in the other.
cv::Mat resized(const cv::Mat& image, const cv::Size& size) {
  const cv::Size smaller(std::min(image.cols, size.width), std::min(image.rows, size.height));
  cv::Mat shrunk = image, result;
  if (smaller != image.size()) cv::resize(image, shrunk, smaller, 0, 0, cv::INTER_AREA);
  if (smaller == size) return shrunk;
  cv::resize(shrunk, result, size, 0, 0, cv::INTER_LINEAR);
  return result;
}

// All of the image as large as fits, in the middle of black.
cv::Mat padded(const cv::Mat& image, const cv::Size& size) {
  const double scale =
      std::min(static_cast<double>(size.width) / image.cols, static_cast<double>(size.height) / image.rows);
  const auto scaled = [&](int side, int most) {
    return std::clamp(static_cast<int>(std::lround(side * scale)), 1, most);
  };
  const cv::Mat inner = resized(image, {scaled(image.cols, size.width), scaled(image.rows, size.height)});
  cv::Mat result = cv::Mat::zeros(size, inner.type());
  inner.copyTo(result(cv::Rect((size.width - inner.cols) / 2, (size.height - inner.rows) / 2, inner.cols, inner.rows)));
  return result;
}

cv::Mat fitted(const cv::Mat& image, const Space& space) {
  const cv::Size size(static_cast<int>(space.width()), static_cast<int>(space.height()));
  return space.fit == Fit::pad ? padded(image, size) : resized(image, size);
}

// Each channel after the other, to image.total() * image.channels() bytes.
void write_planes(const cv::Mat& image, uint8_t* out) {
  std::vector<cv::Mat> channels;
  for (int c = 0; c < image.channels(); ++c, out += image.total())
    channels.emplace_back(image.rows, image.cols, CV_8UC1, out);
  cv::split(image, channels.data());
}

Tensor planes(const cv::Mat& image) {
  Tensor result = at::empty({image.channels(), image.rows, image.cols}, at::kByte);
  write_planes(image, result.data_ptr<uint8_t>());
  return result;
}

// What `fit` makes of the picture, which has one channel, three in OpenCV's order, or these and opacity.
template <class Fit>
cv::Mat decoded(const std::string& bytes, const std::filesystem::path& path, Fit fit) {
  try {
    settle_opencv();
    Picture picture = decode(bytes);
    return fit(turned(std::move(picture.pixels), picture.orientation));
  } catch (const Undecodable& why) {
    refuse(path, why.what());
  } catch (const cv::Exception& error) {
    if (error.code == cv::Error::StsNoMem) throw std::bad_alloc();  // the machine's fault, not the file's
    refuse(path, fmt::format("it cannot be decoded ({})", error.err));
  }
}

cv::Mat decoded(const std::string& bytes, const std::filesystem::path& path, const Space& space) {
  return decoded(bytes, path, [&](const cv::Mat& image) {
    const cv::Size size(static_cast<int>(space.width()), static_cast<int>(space.height()));
    const cv::Mat part = over_black(space.fit == Fit::crop ? central_part(image, size) : image);
    if (space.channels() == 1) return fitted(with_channels(part, 1), space);  // of rounded gray, as ever
    return with_channels(fitted(part, space), static_cast<int>(space.channels()));
  });
}

}  // namespace

std::string image_bytes(const std::filesystem::path& path) {
  constexpr uintmax_t most = uintmax_t{1} << 30;  // kMostPixels of 64 bits
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) refuse(path, what_is_there(path));
  if (::access(path.c_str(), R_OK) != 0) refuse(path, "it cannot be read: permission denied");
  if (const auto size = std::filesystem::file_size(path, error); !error && size > most)
    refuse(path, fmt::format("it has {} bytes, where at most {} are read", size, most));
  return read_file(path);
}

Tensor decode_image(const std::string& bytes, const std::filesystem::path& path, const Space& space) {
  return planes(decoded(bytes, path, space));
}

void decode_image(const std::string& bytes, const std::filesystem::path& path, const Space& space, uint8_t* out) {
  write_planes(decoded(bytes, path, space), out);
}

Tensor decode_whole(const std::string& bytes, const std::filesystem::path& path) {
  return planes(decoded(bytes, path, [](const cv::Mat& image) {
    return with_channels(over_black(image), image.channels() == 1 ? 1 : 3);
  }));
}

Tensor decode_with_opacity(const std::string& bytes, const std::filesystem::path& path) {
  return planes(decoded(bytes, path, [](const cv::Mat& image) {
    cv::Mat result;
    cv::cvtColor(image, result,
                 image.channels() == 4   ? cv::COLOR_BGRA2RGBA
                 : image.channels() == 3 ? cv::COLOR_BGR2RGBA
                                         : cv::COLOR_GRAY2RGBA);
    return result;
  }));
}

Tensor fit_gray(const Tensor& picture, const Space& space) {
  settle_opencv();
  const Tensor whole = picture.contiguous();
  const cv::Mat image(static_cast<int>(whole.size(0)), static_cast<int>(whole.size(1)), CV_8UC1,
                      whole.data_ptr<uint8_t>());
  const cv::Size size(static_cast<int>(space.width()), static_cast<int>(space.height()));
  return planes(fitted(space.fit == Fit::crop ? central_part(image, size) : image, space));
}

Tensor read_image(const std::filesystem::path& path, const Space& space) {
  return decode_image(image_bytes(path), path, space);
}

void to_floats(const uint8_t* bytes, int64_t count, float* out) {
  for (int64_t i = 0; i < count; ++i) out[i] = static_cast<float>(bytes[i]) / 127.5F - 1.0F;
}

void to_floats(const Tensor& bytes, float* out) {
  to_floats(bytes.data_ptr<uint8_t>(), bytes.numel(), out);
}

ImagesRead read_images(const Paths& paths, const Space& space, bool skip_bad) {
  ImagesRead read;
  std::vector<Tensor> images;
  for (const auto& path : paths) {
    try {
      const Tensor bytes = read_image(path, space);
      to_floats(bytes, images.emplace_back(at::empty(bytes.sizes())).data_ptr<float>());
      read.files.push_back(path);
    } catch (const BadInput&) {
      if (!skip_bad) throw;
      read.skipped.push_back(path);
    }
  }
  if (images.empty()) throw BadInput(fmt::format("Reading {} image files: none of them is good.", paths.size()));
  read.images = at::stack(images);
  return read;
}

}  // namespace refract
