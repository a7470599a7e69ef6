#include "refract/draw/gif_file.h"

#include <ATen/ops/zeros.h>
#include <fmt/format.h>
#include <gif_lib.h>

#include <algorithm>
#include <cstring>
#include <string_view>

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

struct Unread {
  std::string_view bytes;
};

int take(GifFileType* file, GifByteType* target, int count) {
  auto* unread = static_cast<Unread*>(file->UserData);
  const size_t some = std::min(static_cast<size_t>(count), unread->bytes.size());
  std::memcpy(target, unread->bytes.data(), some);
  unread->bytes.remove_prefix(some);
  return static_cast<int>(some);
}

// Paints an image of the file over [H, W, 3]; false where it lies outside or has colours that are not there.
bool paint(const GifFileType& file, const SavedImage& image, Tensor& canvas) {
  const GifImageDesc& at = image.ImageDesc;
  const ColorMapObject* map = at.ColorMap != nullptr ? at.ColorMap : file.SColorMap;
  if (map == nullptr || at.Left < 0 || at.Top < 0 || at.Left + at.Width > file.SWidth ||
      at.Top + at.Height > file.SHeight)
    return false;
  auto* pixels = canvas.data_ptr<uint8_t>();
  for (int row = 0; row < at.Height; ++row)
    for (int column = 0; column < at.Width; ++column) {
      const int index = image.RasterBits[row * at.Width + column];
      if (index >= map->ColorCount) return false;
      const GifColorType& colour = map->Colors[index];
      uint8_t* pixel = pixels + ptrdiff_t{3} * (ptrdiff_t{at.Top + row} * file.SWidth + at.Left + column);
      pixel[0] = colour.Red;
      pixel[1] = colour.Green;
      pixel[2] = colour.Blue;
    }
  return true;
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

Animation read_gif(const std::string& bytes, const std::string& origin,
                   const std::function<Tensor(const Tensor&)>& keep) {
  const auto refuse = [&] {
    return BadInput(fmt::format("Reading {}: expected a whole GIF file, found a damaged one.", origin));
  };
  Unread unread{bytes};
  const std::unique_ptr<GifFileType, int (*)(GifFileType*)> file(
      DGifOpen(&unread, take, nullptr), [](GifFileType* opened) { return DGifCloseFile(opened, nullptr); });
  if (!file || DGifSlurp(file.get()) != GIF_OK || file->ImageCount < 1) throw refuse();
  Animation animation;
  Tensor canvas = at::zeros({file->SHeight, file->SWidth, 3}, at::kByte);
  for (int i = 0; i < file->ImageCount; ++i) {
    if (!paint(*file, file->SavedImages[i], canvas)) throw refuse();
    GraphicsControlBlock control{};
    DGifSavedExtensionToGCB(file.get(), i, &control);
    const Tensor frame = canvas.permute({2, 0, 1}).clone(at::MemoryFormat::Contiguous);
    animation.frames.push_back(keep ? keep(frame) : frame);
    animation.milliseconds.push_back(int64_t{10} * control.DelayTime);
  }
  return animation;
}

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
