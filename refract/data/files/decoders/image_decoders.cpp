#include "refract/data/files/decoders/image_decoders.h"

#include <fmt/format.h>

namespace refract {

Room room_for(int64_t width, int64_t height) {
  constexpr int64_t large = int64_t{1} << 24;  // pixels
  static std::mutex one;
  if (width <= 0 || height <= 0) throw Undecodable(fmt::format("its header says {}x{} pixels", width, height));
  if (width > kMostPixels / height)
    throw Undecodable(fmt::format("it has {}x{} pixels, and at most {} in all are read; make it smaller first", width,
                                  height, kMostPixels));
  return width * height > large ? Room(one) : Room();
}

}  // namespace refract
