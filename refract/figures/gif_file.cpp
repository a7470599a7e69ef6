#include "refract/figures/gif_file.h"

#include <fmt/format.h>
#include <gif_lib.h>

#include <algorithm>

#include "refract/core/errors.h"

namespace refract {
namespace {

struct Rectangle {
  int64_t top = 0, left = 0, height = 1, width = 1;
};

int append(GifFileType* file, const GifByteType* bytes, int count) {
  static_cast<std::string*>(file->UserData)->append(reinterpret_cast<const char*>(bytes), static_cast<size_t>(count));
  return count;
}

ColorMapObject* color_map(const std::vector<std::array<uint8_t, 3>>& colours) {
  int size = 2;  // a power of two, as the format wants it
  while (size < static_cast<int>(colours.size())) size *= 2;
  ColorMapObject* map = GifMakeMapObject(size, nullptr);
  if (map == nullptr) throw Error("Writing an animation: giflib has no memory for the palette.");
  for (size_t i = 0; i < colours.size(); ++i) map->Colors[i] = {colours[i][0], colours[i][1], colours[i][2]};
  return map;
}

// The smallest rectangle outside of which the two agree; one pixel where they are equal.
Rectangle change(const Tensor& before, const Tensor& now) {
  if (!before.defined()) return {0, 0, now.size(0), now.size(1)};
  const Tensor differs = before.ne(now);
  const Tensor rows = differs.any(1).nonzero();
  const Tensor columns = differs.any(0).nonzero();
  if (rows.numel() == 0) return {};
  const auto top = rows[0].item<int64_t>();
  const auto left = columns[0].item<int64_t>();
  return {top, left, rows[-1].item<int64_t>() - top + 1, columns[-1].item<int64_t>() - left + 1};
}

}  // namespace

void GifFile::Close::operator()(GifFileType* file) const {
  EGifCloseFile(file, nullptr);
}

void GifFile::expect(int result) const {
  if (result == GIF_OK) return;
  const char* reason = GifErrorString(file_ ? file_->Error : 0);
  throw Error(fmt::format("Writing an animation: giflib failed: {}.", reason == nullptr ? "unknown" : reason));
}

GifFile::GifFile(int64_t height, int64_t width, const std::vector<std::array<uint8_t, 3>>& colours)
    : bytes_(std::make_unique<std::string>()), file_(EGifOpen(bytes_.get(), append, nullptr)) {
  constexpr int64_t kLargest = 65535;
  if (!file_ || height > kLargest || width > kLargest)
    throw Error(fmt::format("Writing an animation: giflib cannot open one of {} x {} pixels.", height, width));
  EGifSetGifVersion(file_.get(), true);
  const std::unique_ptr<ColorMapObject, void (*)(ColorMapObject*)> map(color_map(colours), GifFreeMapObject);
  expect(EGifPutScreenDesc(file_.get(), static_cast<int>(width), static_cast<int>(height), 8, 0, map.get()));
  // Netscape's extension: repeat without end.
  expect(EGifPutExtensionLeader(file_.get(), APPLICATION_EXT_FUNC_CODE));
  expect(EGifPutExtensionBlock(file_.get(), 11, "NETSCAPE2.0"));
  expect(EGifPutExtensionBlock(file_.get(), 3, "\x01\x00\x00"));
  expect(EGifPutExtensionTrailer(file_.get()));
}

void GifFile::add(const Tensor& indices, int64_t delay) {
  const Rectangle r = change(before_, indices);
  GraphicsControlBlock control{};
  control.DisposalMode = DISPOSE_DO_NOT;
  control.DelayTime = static_cast<int>(delay);
  control.TransparentColor = NO_TRANSPARENT_COLOR;
  std::array<GifByteType, 4> extension{};
  EGifGCBToExtension(&control, extension.data());
  expect(EGifPutExtension(file_.get(), GRAPHICS_EXT_FUNC_CODE, extension.size(), extension.data()));
  expect(EGifPutImageDesc(file_.get(), static_cast<int>(r.left), static_cast<int>(r.top), static_cast<int>(r.width),
                          static_cast<int>(r.height), false, nullptr));
  Tensor part = indices.narrow(0, r.top, r.height).narrow(1, r.left, r.width).contiguous();
  for (int64_t row = 0; row < r.height; ++row)
    expect(EGifPutLine(file_.get(), part.data_ptr<uint8_t>() + row * r.width, static_cast<int>(r.width)));
  before_ = indices;
}

std::string GifFile::bytes() {
  if (EGifCloseFile(file_.release(), nullptr) != GIF_OK)
    throw Error("Writing an animation: giflib could not finish it.");
  return std::move(*bytes_);
}

}  // namespace refract
