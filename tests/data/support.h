// What the tests of the data share: IDX files, pictures, and a look at a picture's pixels.
#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <opencv2/imgcodecs.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "refract/core/files.h"
#include "refract/core/random.h"
#include "refract/core/tensor.h"
#include "tests/support/surroundings.h"

namespace refract::testing_support {

inline std::string idx(uint32_t magic, const std::vector<uint32_t>& shape, const std::string& data) {
  std::string bytes;
  const auto word = [&](uint32_t value) {
    for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift);
  };
  word(magic);
  for (const uint32_t length : shape) word(length);
  return bytes + data;
}

inline std::string gzip(const std::string& bytes) {
  z_stream stream{};
  constexpr int kGzip = 16;
  if (deflateInit2(&stream, 9, Z_DEFLATED, kGzip + MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::runtime_error("deflateInit2");
  std::string packed(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

inline std::string bytes_of(const Tensor& tensor) {
  const Tensor bytes = tensor.to(at::kByte).contiguous();
  return {reinterpret_cast<const char*>(bytes.data_ptr()), static_cast<size_t>(bytes.numel())};
}

// An image file of the format that its name says, `colour` in OpenCV's order (blue, green, red, alpha).
inline void write_picture(const std::filesystem::path& path, int width, int height, const cv::Scalar& colour,
                          int type = CV_8UC3) {
  std::filesystem::create_directories(path.parent_path());
  if (!cv::imwrite(path.string(), cv::Mat(height, width, type, colour))) throw std::runtime_error(path.string());
}

// Cuts the end off a file.
inline void truncate_file(const std::filesystem::path& path, double part = 0.5) {
  const auto size = std::filesystem::file_size(path);
  std::filesystem::resize_file(path, static_cast<uintmax_t>(static_cast<double>(size) * part));
}

// FER2013 as it is distributed, with faces of random pixels: emotions 0 to 6 in turn, seven of a part after the other.
inline std::string fer2013_csv(int64_t count) {
  std::string text = "emotion,pixels,Usage\n";
  for (int64_t i = 0; i < count; ++i) {
    text += fmt::format("{},", i % 7);
    for (uint64_t p = 0; p < 48 * 48; ++p)
      text += fmt::format("{}{}", p == 0 ? "" : " ", mix(static_cast<uint64_t>(i), p) % 256);
    text += fmt::format(",{}\n", std::array<const char*, 3>{"Training", "PublicTest", "PrivateTest"}.at(i / 7 % 3));
  }
  return text;
}

// `count` bytes that look random, the same for the same key.
inline std::string noise(uint64_t key, size_t count) {
  std::string bytes(count, '\0');
  for (size_t i = 0; i < count; ++i) bytes[i] = static_cast<char>(mix(key, i));
  return bytes;
}

// The four files of MNIST or a relative: images of random pixels, labels 0 to 9 in turn.
inline void mnist_files(const std::filesystem::path& folder, uint32_t training, uint32_t test, uint32_t side) {
  std::filesystem::create_directories(folder);
  const auto part = [&](const std::string& name, uint32_t count) {
    std::string labels;
    for (uint32_t i = 0; i < count; ++i) labels += static_cast<char>(i % 10);
    write_file(folder / (name + "-images-idx3-ubyte"),
               idx(0x803, {count, side, side}, noise(count, size_t{count} * side * side)));
    write_file(folder / (name + "-labels-idx1-ubyte"), idx(0x801, {count}, labels));
  };
  part("train", training);
  part("t10k", test);
}

// CIFAR-10's binary version: five training batches and a test batch of random pixels, labels 0 to 9 in turn in each.
inline void cifar10_files(const std::filesystem::path& folder, int batch, int test) {
  std::filesystem::create_directories(folder);
  uint64_t images = 0;
  const auto write = [&](const std::string& name, int count) {
    std::string bytes;
    for (int i = 0; i < count; ++i) bytes += static_cast<char>(i % 10) + noise(++images, 3072);
    write_file(folder / name, bytes);
  };
  for (int i = 1; i <= 5; ++i) write(fmt::format("data_batch_{}.bin", i), batch);
  write("test_batch.bin", test);
}

// The attributes of CelebA that discrete variables are derived from.
inline std::vector<std::string> celeba_names() {
  return {"Bangs",     "Black_Hair", "Blond_Hair", "Brown_Hair",        "Eyeglasses", "Goatee",
          "Gray_Hair", "No_Beard",   "Male",       "Receding_Hairline", "Smiling",    "Wearing_Hat"};
}

// CelebA's attribute file, in which image i has attribute k where mix(i, k) % 3 is 0, and gray images of 26x32, image i
// of brightness 20 + 6 i.
inline void celeba_files(const std::filesystem::path& folder, int count) {
  std::string text = fmt::format("{}\n{} \n", count, fmt::join(celeba_names(), " "));
  for (int i = 0; i < count; ++i) {
    text += fmt::format("{:06}.jpg", i + 1);
    for (uint64_t k = 0; k < celeba_names().size(); ++k)
      text += mix(static_cast<uint64_t>(i), k) % 3 == 0 ? "  1" : " -1";
    text += "\n";
    write_picture(folder / fmt::format("img_align_celeba/{:06}.jpg", i + 1), 26, 32, cv::Scalar::all(20 + 6 * i));
  }
  write_file(folder / "list_attr_celeba.txt", text);
}

// The rectangle of pixels of [C, H, W] that are not black: left, top, and sizes.
struct Box {
  int64_t left = 0, top = 0, width = 0, height = 0;
};

inline Box lit_box(const Tensor& image) {
  const Tensor lit = (image.amax(0) > -0.999).nonzero();
  if (lit.size(0) == 0) return {};
  const Tensor low = std::get<0>(lit.min(0)), high = std::get<0>(lit.max(0));
  const auto at = [](const Tensor& t, int64_t i) { return t[i].item<int64_t>(); };
  return {at(low, 1), at(low, 0), at(high, 1) - at(low, 1) + 1, at(high, 0) - at(low, 0) + 1};
}

// The length of the shortest unbroken row or column of bright pixels of [H, W]: how thick its thinnest stroke is.
inline int64_t shortest_run(const Tensor& gray) {
  const Tensor bright = gray > (gray.max() + gray.min()) / 2;
  int64_t shortest = gray.numel();
  for (const Tensor& lines : {bright, bright.t()})
    for (const Tensor& line : lines.contiguous().unbind()) {
      const bool* lit = line.data_ptr<bool>();
      for (int64_t end = 0, start = 0; end <= line.numel(); ++end) {
        if (end < line.numel() && lit[end]) continue;
        if (end > start) shortest = std::min(shortest, end - start);
        start = end + 1;
      }
    }
  return shortest;
}

}  // namespace refract::testing_support
