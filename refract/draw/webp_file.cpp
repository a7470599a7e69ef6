#include "refract/draw/webp_file.h"

#include <fmt/format.h>
#include <webp/encode.h>
#include <webp/mux.h>

#include <cstdint>
#include <memory>

#include "refract/core/errors.h"

namespace refract {
namespace {

void expect(bool done, std::string_view what) {
  if (!done) throw Error(fmt::format("Writing a picture: libwebp could not {}.", what));
}

WebPConfig configured(int quality) {
  WebPConfig config;
  expect(WebPConfigInit(&config) != 0, "begin");
  config.lossless = quality == kLossless ? 1 : 0;
  config.quality = quality == kLossless ? 50.0F : static_cast<float>(quality);
  config.method = 2;  // of 0 to 6; the best of them takes several times as long for a twentieth less
  return config;
}

// A frame in libwebp's own form.
class Imported {
 public:
  explicit Imported(const Tensor& frame) {
    expect(WebPPictureInit(&picture_) != 0, "begin");
    const Tensor pixels = frame.permute({1, 2, 0}).contiguous();
    picture_.use_argb = 1;
    picture_.height = static_cast<int>(pixels.size(0));
    picture_.width = static_cast<int>(pixels.size(1));
    expect(WebPPictureImportRGB(&picture_, pixels.data_ptr<uint8_t>(), 3 * picture_.width) != 0, "take a frame");
  }
  Imported(const Imported&) = delete;
  Imported& operator=(const Imported&) = delete;
  ~Imported() { WebPPictureFree(&picture_); }
  WebPPicture& operator*() { return picture_; }

 private:
  WebPPicture picture_{};
};

std::string still(const Tensor& frame, const WebPConfig& config) {
  WebPMemoryWriter writer;
  WebPMemoryWriterInit(&writer);
  const std::unique_ptr<WebPMemoryWriter, void (*)(WebPMemoryWriter*)> owner(&writer, WebPMemoryWriterClear);
  Imported picture(frame);
  (*picture).writer = WebPMemoryWrite;
  (*picture).custom_ptr = &writer;
  expect(WebPEncode(&config, &*picture) != 0, "encode a picture");
  return {reinterpret_cast<const char*>(writer.mem), writer.size};
}

std::string moving(const Animation& animation, const WebPConfig& config) {
  WebPAnimEncoderOptions options;
  expect(WebPAnimEncoderOptionsInit(&options) != 0, "begin an animation");
  options.kmax = 1;  // every frame for itself: trying each also as a change of the one before takes four times as long
  const Tensor& first = animation.frames.front();
  const std::unique_ptr<WebPAnimEncoder, void (*)(WebPAnimEncoder*)> encoder(
      WebPAnimEncoderNew(static_cast<int>(first.size(2)), static_cast<int>(first.size(1)), &options),
      WebPAnimEncoderDelete);
  expect(encoder != nullptr, "begin an animation");
  int64_t milliseconds = 0;
  for (size_t i = 0; i < animation.frames.size(); ++i) {
    Imported picture(animation.frames[i]);
    expect(WebPAnimEncoderAdd(encoder.get(), &*picture, static_cast<int>(milliseconds), &config) != 0, "add a frame");
    milliseconds += animation.milliseconds.at(i);
  }
  WebPData data;
  WebPDataInit(&data);
  const std::unique_ptr<WebPData, void (*)(WebPData*)> owner(&data, WebPDataClear);
  expect(WebPAnimEncoderAdd(encoder.get(), nullptr, static_cast<int>(milliseconds), nullptr) != 0, "end an animation");
  expect(WebPAnimEncoderAssemble(encoder.get(), &data) != 0, "put an animation together");
  return {reinterpret_cast<const char*>(data.bytes), data.size};
}

}  // namespace

std::string webp(const Animation& picture, int quality) {
  const WebPConfig config = configured(quality);
  return picture.frames.size() == 1 ? still(picture.frames.front(), config) : moving(picture, config);
}

}  // namespace refract
