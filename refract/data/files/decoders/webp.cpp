// WebP through libwebp itself, since OpenCV knows neither animations nor EXIF in it.
#include <webp/decode.h>
#include <webp/demux.h>

#include <memory>
#include <opencv2/core.hpp>

#include "refract/data/files/decoders/image_decoders.h"
#include "refract/data/files/exif.h"

namespace refract {
namespace {

using Demuxer = std::unique_ptr<WebPDemuxer, decltype(&WebPDemuxDelete)>;

Demuxer open(std::string_view bytes) {
  const WebPData data{reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size()};
  WebPDemuxState state = WEBP_DEMUX_PARSE_ERROR;
  Demuxer file(WebPDemuxPartial(&data, &state), WebPDemuxDelete);
  if (state == WEBP_DEMUX_PARSE_ERROR) throw Undecodable("it is damaged");
  if (state != WEBP_DEMUX_DONE || file == nullptr) throw Undecodable("it is truncated");
  return file;
}

void decode(const WebPData& data, cv::Mat to) {
  const auto stride = static_cast<int>(to.step[0]);
  const size_t room = to.step[0] * static_cast<size_t>(to.rows - 1) + to.elemSize() * static_cast<size_t>(to.cols);
  const auto into = to.channels() == 4 ? WebPDecodeBGRAInto : WebPDecodeBGRInto;
  if (into(data.bytes, data.size, to.data, room, stride) == nullptr) throw Undecodable("it is damaged");
}

// The first frame of an animation may cover a part of it only; the rest is transparent.
cv::Mat first_frame(const WebPDemuxer* file, int width, int height) {
  WebPIterator frame{};
  if (WebPDemuxGetFrame(file, 1, &frame) == 0) throw Undecodable("it holds no picture");
  const std::unique_ptr<WebPIterator, decltype(&WebPDemuxReleaseIterator)> owner(&frame, WebPDemuxReleaseIterator);
  const cv::Rect place(frame.x_offset, frame.y_offset, frame.width, frame.height);
  const bool opaque = frame.has_alpha == 0 && place.size() == cv::Size(width, height);
  cv::Mat canvas = cv::Mat::zeros(height, width, opaque ? CV_8UC3 : CV_8UC4);
  decode(frame.fragment, canvas(place));
  return canvas;
}

int orientation(const WebPDemuxer* file) {
  WebPChunkIterator chunk{};
  if (WebPDemuxGetChunk(file, "EXIF", 1, &chunk) == 0) return 1;
  const std::string_view block(reinterpret_cast<const char*>(chunk.chunk.bytes), chunk.chunk.size);
  const int found = exif_orientation(block);
  WebPDemuxReleaseChunkIterator(&chunk);
  return found;
}

}  // namespace

Picture decode_webp(std::string_view bytes) {
  const Demuxer file = open(bytes);
  const uint32_t width = WebPDemuxGetI(file.get(), WEBP_FF_CANVAS_WIDTH);
  const uint32_t height = WebPDemuxGetI(file.get(), WEBP_FF_CANVAS_HEIGHT);
  auto room = room_for(width, height);
  return {first_frame(file.get(), static_cast<int>(width), static_cast<int>(height)), orientation(file.get()),
          std::move(room)};
}

}  // namespace refract
