#include "refract/data/files/exif.h"

#include <cstdint>
#include <opencv2/core.hpp>

namespace refract {
namespace {

using namespace std::string_view_literals;

constexpr uint32_t kOrientation = 0x0112;
constexpr uint32_t kShort = 3;
constexpr size_t kEntry = 12;  // bytes: tag 2, type 2, count 4, value 4

// Whole numbers anywhere in a TIFF structure; 0 beyond its end.
class Fields {
 public:
  explicit Fields(std::string_view block) : block_(block), little_(block.starts_with("II"sv)) {}

  [[nodiscard]] uint32_t number(size_t at, size_t length) const {
    if (at > block_.size() || length > block_.size() - at) return 0;
    uint32_t value = 0;
    for (size_t i = 0; i < length; ++i)
      value = value << 8U | static_cast<unsigned char>(block_[at + (little_ ? length - 1 - i : i)]);
    return value;
  }

 private:
  std::string_view block_;
  bool little_;
};

}  // namespace

int exif_orientation(std::string_view block) {
  constexpr std::string_view name = "Exif\0\0"sv;
  if (block.starts_with(name)) block.remove_prefix(name.size());
  if (!block.starts_with("II*\0"sv) && !block.starts_with("MM\0*"sv)) return 1;
  const Fields fields(block);
  const size_t directory = fields.number(4, 4);
  const uint32_t entries = fields.number(directory, 2);
  for (uint32_t i = 0; i < entries; ++i) {
    const size_t entry = directory + 2 + i * kEntry;
    if (fields.number(entry, 2) != kOrientation || fields.number(entry + 2, 2) != kShort) continue;
    const uint32_t value = fields.number(entry + 8, 2);
    return value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
  }
  return 1;
}

cv::Mat turned(cv::Mat picture, int orientation) {
  constexpr int both = -1, upside_down = 0, left_right = 1;
  if (orientation >= 5) picture = cv::Mat(picture.t());
  if (orientation == 2 || orientation == 6) cv::flip(picture, picture, left_right);
  if (orientation == 3 || orientation == 7) cv::flip(picture, picture, both);
  if (orientation == 4 || orientation == 8) cv::flip(picture, picture, upside_down);
  return picture;
}

}  // namespace refract
