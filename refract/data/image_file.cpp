#include "refract/data/image_file.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/stack.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <mutex>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <set>

#include "refract/core/errors.h"
#include "refract/core/files.h"
#include "refract/data/image_check.h"

namespace refract {
namespace {

constexpr std::array<std::string_view, 7> kExtensions = {"png", "jpg", "jpeg", "bmp", "webp", "tif", "tiff"};

[[noreturn]] void refuse(const std::filesystem::path& path, const std::string& found) {
  throw BadInput(fmt::format("Reading the image {}: {}. Replace or remove the file.", path.string(), found));
}

bool is_image_name(const std::filesystem::path& path) {
  std::string extension = path.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return std::tolower(c); });
  return !extension.empty() &&
         std::count(kExtensions.begin(), kExtensions.end(), std::string_view(extension).substr(1)) > 0;
}

bool is_hidden(const std::filesystem::path& path) {
  return path.filename().string().starts_with('.');
}

// Each folder once, also where links lead back to it.
Paths walk(const std::filesystem::path& folder) {
  Paths found;
  std::set<std::filesystem::path> entered = {std::filesystem::canonical(folder)};
  const auto options = std::filesystem::directory_options::follow_directory_symlink;
  for (auto at = std::filesystem::recursive_directory_iterator(folder, options); at != end(at); ++at) {
    if (at->is_directory()) {
      if (is_hidden(at->path()) || !entered.insert(std::filesystem::canonical(at->path())).second)
        at.disable_recursion_pending();
    } else if (!is_hidden(at->path()) && is_image_name(at->path()) && at->is_regular_file()) {
      found.push_back(at->path());
    }
  }
  std::sort(found.begin(), found.end());
  return found;
}

// Once: OpenCV rebuilds its thread pool at every call, which must not happen while another thread is in it.
void settle_opencv() {
  static std::once_flag once;
  std::call_once(once, [] {
    cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);  // what is wrong is thrown, not printed
    cv::setNumThreads(1);  // several images are decoded side by side instead
  });
}

cv::Mat decode(const std::string& bytes) {
  settle_opencv();
  const cv::Mat buffer(1, static_cast<int>(bytes.size()), CV_8U, const_cast<char*>(bytes.data()));  // is only read
  // As it is, to see the alpha channel. JPEG has none, and is turned only when not read as it is; BMP's is often left
  // at 0.
  const ImageFormat format = image_format(bytes);
  const bool opaque = format == ImageFormat::jpeg || format == ImageFormat::bmp;
  return cv::imdecode(buffer, opaque ? cv::IMREAD_ANYCOLOR : cv::IMREAD_UNCHANGED);
}

cv::Mat to_eight_bits(const cv::Mat& image) {
  if (image.depth() == CV_8U) return image;
  cv::Mat bytes;
  image.convertTo(bytes, CV_8U, 1.0 / 257);
  return bytes;
}

cv::Mat over_black(const cv::Mat& image) {
  if (image.channels() != 4) return image;
  cv::Mat colour, alpha, opaque;
  cv::cvtColor(image, colour, cv::COLOR_BGRA2BGR);
  cv::extractChannel(image, alpha, 3);
  cv::cvtColor(alpha, alpha, cv::COLOR_GRAY2BGR);
  cv::multiply(colour, alpha, opaque, 1.0 / 255);
  return opaque;
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

cv::Mat central_square(const cv::Mat& image, int size) {
  const int side = std::min(image.cols, image.rows);
  const cv::Mat square = image(cv::Rect((image.cols - side) / 2, (image.rows - side) / 2, side, side));
  cv::Mat resized;
  cv::resize(square, resized, {size, size}, 0, 0, side > size ? cv::INTER_AREA : cv::INTER_LINEAR);
  return resized;
}

Tensor planes(const cv::Mat& image) {
  const Tensor interleaved = at::from_blob(image.data, {image.rows, image.cols, image.channels()}, at::kByte);
  return interleaved.permute({2, 0, 1}).clone(at::MemoryFormat::Contiguous);
}

// What `fit` makes of the picture, which has one channel, or three in OpenCV's order.
template <class Fit>
Tensor decoded(const std::string& bytes, const std::filesystem::path& path, Fit fit) {
  if (const std::string damage = image_damage(bytes); !damage.empty()) refuse(path, damage);
  try {
    const cv::Mat image = decode(bytes);
    if (image.empty()) refuse(path, "it is damaged and cannot be decoded");
    if (image.depth() != CV_8U && image.depth() != CV_16U) refuse(path, "expected 8 or 16 bits a channel");
    return planes(fit(over_black(to_eight_bits(image))));
  } catch (const cv::Exception& error) {
    refuse(path, fmt::format("it cannot be decoded ({})", error.err));
  }
}

}  // namespace

std::string image_extensions() {
  return fmt::format("{}", fmt::join(kExtensions, ", "));
}

Paths list_images(const std::filesystem::path& path) try {
  if (std::filesystem::is_regular_file(path)) return {path};
  if (!std::filesystem::is_directory(path))
    throw BadInput(
        fmt::format("Looking for images in {}: there is no such file or folder. Check the spelling.", path.string()));
  Paths found = walk(path);
  if (found.empty())
    throw BadInput(
        fmt::format("Looking for images in {}: the folder and those below hold none. Files that end in {} are "
                    "read.",
                    path.string(), image_extensions()));
  return found;
} catch (const std::filesystem::filesystem_error& error) {
  throw BadInput(fmt::format("Looking for images in {}: {} cannot be read ({}). Check its permissions and links.",
                             path.string(), error.path1().string(), error.code().message()));
}

Tensor decode_image(const std::string& bytes, const std::filesystem::path& path, const ImageShape& shape) {
  return decoded(bytes, path, [&](const cv::Mat& image) {
    return central_square(with_channels(image, shape.channels), static_cast<int>(shape.size));
  });
}

Tensor decode_whole(const std::string& bytes, const std::filesystem::path& path) {
  return decoded(bytes, path, [](const cv::Mat& image) { return with_channels(image, image.channels() == 1 ? 1 : 3); });
}

Tensor read_image(const std::filesystem::path& path, const ImageShape& shape) {
  return decode_image(read_file(path), path, shape);
}

void to_floats(const Tensor& bytes, float* out) {
  const auto* values = bytes.data_ptr<uint8_t>();
  for (int64_t i = 0; i < bytes.numel(); ++i) out[i] = static_cast<float>(values[i]) / 127.5F - 1.0F;
}

ImagesRead read_images(const Paths& paths, const ImageShape& shape, bool skip_bad) {
  ImagesRead read;
  std::vector<Tensor> images;
  for (const auto& path : paths) {
    try {
      const Tensor bytes = read_image(path, shape);
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
