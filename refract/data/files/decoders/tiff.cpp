// TIFF through libtiff itself, since OpenCV prints damage and multiplies by the opacity what is multiplied already.
#include <fmt/format.h>
#include <tiffio.h>

#include <algorithm>
#include <array>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <memory>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <string>

#include "refract/data/files/decoders/image_decoders.h"

namespace refract {
namespace {

// The file in memory, and the first thing that libtiff says is wrong with it.
struct Memory {
  std::string_view bytes;
  size_t at = 0;
  std::string why;
};

tmsize_t read_bytes(thandle_t handle, void* to, tmsize_t count) {
  auto& memory = *static_cast<Memory*>(handle);
  const size_t there =
      std::min(static_cast<size_t>(count), memory.bytes.size() - std::min(memory.at, memory.bytes.size()));
  if (there > 0) std::memcpy(to, memory.bytes.data() + memory.at, there);
  memory.at += there;
  return static_cast<tmsize_t>(there);
}

toff_t seek(thandle_t handle, toff_t offset, int from) {
  auto& memory = *static_cast<Memory*>(handle);
  const size_t start = from == SEEK_SET ? 0 : from == SEEK_CUR ? memory.at : memory.bytes.size();
  return memory.at = start + static_cast<size_t>(offset);
}

int map(thandle_t handle, void** base, toff_t* size) {
  const auto& memory = *static_cast<Memory*>(handle);
  *base = const_cast<char*>(memory.bytes.data());  // libtiff reads only
  *size = memory.bytes.size();
  return 1;
}

int take_error(TIFF* /*file*/, void* memory, const char* /*module*/, const char* format, va_list values) {
  std::string& why = static_cast<Memory*>(memory)->why;
  std::array<char, 200> text{};
  std::vsnprintf(text.data(), text.size(), format, values);
  if (why.empty()) why = text.data();
  return 1;  // taken
}

// Warnings are of tags that libtiff does not know; only those of the JPEG within it are of pixels.
int take_warning(TIFF* file, void* memory, const char* module, const char* format, va_list values) {
  if (module != nullptr && std::strncmp(module, "JPEG", 4) == 0) take_error(file, memory, module, format, values);
  return 1;
}

using File = std::unique_ptr<TIFF, decltype(&TIFFClose)>;

[[noreturn]] void refuse(const Memory& memory) {
  throw Undecodable(fmt::format("it is damaged or truncated ({})", memory.why.empty() ? "no reason told" : memory.why));
}

File open(Memory& memory) {
  const std::unique_ptr<TIFFOpenOptions, decltype(&TIFFOpenOptionsFree)> options(TIFFOpenOptionsAlloc(),
                                                                                 TIFFOpenOptionsFree);
  TIFFOpenOptionsSetMaxSingleMemAlloc(options.get(), kMostPixels * 8);  // 16 bits of four channels
  TIFFOpenOptionsSetErrorHandlerExtR(options.get(), take_error, &memory);
  TIFFOpenOptionsSetWarningHandlerExtR(options.get(), take_warning, &memory);
  const auto no_write = [](thandle_t, void*, tmsize_t) -> tmsize_t { return 0; };
  const auto no_close = [](thandle_t) { return 0; };
  const auto size = [](thandle_t handle) -> toff_t { return static_cast<Memory*>(handle)->bytes.size(); };
  const auto no_unmap = [](thandle_t, void*, toff_t) {};
  File file(
      TIFFClientOpenExt("", "r", &memory, read_bytes, no_write, seek, no_close, size, map, no_unmap, options.get()),
      TIFFClose);
  if (file == nullptr) refuse(memory);
  return file;
}

uint16_t tag(TIFF* file, uint32_t which) {
  uint16_t value = 0;
  TIFFGetFieldDefaulted(file, which, &value);
  return value;
}

bool is_gray(TIFF* file) {
  const uint16_t kind = tag(file, TIFFTAG_PHOTOMETRIC);
  return kind == PHOTOMETRIC_MINISBLACK || kind == PHOTOMETRIC_MINISWHITE;
}

void check_bits(TIFF* file) {
  const uint16_t bits = tag(file, TIFFTAG_BITSPERSAMPLE);
  if (bits > 16 || tag(file, TIFFTAG_SAMPLEFORMAT) == SAMPLEFORMAT_IEEEFP)
    throw Undecodable(fmt::format("expected 8 or 16 bits a channel, found {}", bits));
}

// libtiff gives red, green, blue and opacity, and multiplies colours by the opacity, but not gray.
cv::Mat without_opacity(TIFF* file, const cv::Mat& pixels) {
  cv::Mat result;
  if (!is_gray(file))
    cv::cvtColor(pixels, result, cv::COLOR_RGBA2BGR);
  else if (tag(file, TIFFTAG_SAMPLESPERPIXEL) > 1)
    return pixels;
  else
    cv::extractChannel(pixels, result, 0);
  return result;
}

}  // namespace

Picture decode_tiff(std::string_view bytes) {
  Memory memory{bytes, 0, ""};
  const File file = open(memory);
  uint32_t width = 0, height = 0;
  TIFFGetField(file.get(), TIFFTAG_IMAGEWIDTH, &width);
  TIFFGetField(file.get(), TIFFTAG_IMAGELENGTH, &height);
  auto room = room_for(width, height);
  check_bits(file.get());
  const int orientation = tag(file.get(), TIFFTAG_ORIENTATION);
  cv::Mat pixels(static_cast<int>(height), static_cast<int>(width), CV_8UC4);
  constexpr int stop_on_error = 1;
  const int done = TIFFReadRGBAImageOriented(file.get(), width, height, reinterpret_cast<uint32_t*>(pixels.data),
                                             orientation, stop_on_error);
  if (done == 0 || !memory.why.empty()) refuse(memory);
  return {without_opacity(file.get(), pixels), orientation, std::move(room)};
}

}  // namespace refract
