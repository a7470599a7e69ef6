// PNG through libpng itself, since OpenCV has damage printed.
#include <fmt/format.h>
#include <png.h>

#include <algorithm>
#include <array>
#include <csetjmp>
#include <cstring>
#include <string>
#include <vector>

#include "refract/data/files/decoders/image_decoders.h"
#include "refract/data/files/exif.h"

namespace refract {
namespace {

constexpr uint64_t kBestRatio = 1032;  // of deflate

// libpng's way out of an error: back to where `attempt` was called.
struct Failure {
  std::jmp_buf back{};
  std::array<char, 200> why{};
};

[[noreturn]] void give_up(png_structp png, png_const_charp why) {
  auto* failure = static_cast<Failure*>(png_get_error_ptr(png));
  fmt::format_to_n(failure->why.data(), failure->why.size() - 1, "{}", why);
  std::longjmp(failure->back, 1);
}

// Pixels are in the chunks called IDAT alone: what is wrong with a colour profile or a date does not change them.
void take_warning(png_structp png, png_const_charp why) {
  if (std::strncmp(why, "IDAT", 4) == 0) give_up(png, why);
}

void read_bytes(png_structp png, png_bytep to, size_t count) {
  auto& rest = *static_cast<std::string_view*>(png_get_io_ptr(png));
  if (count > rest.size()) png_error(png, "the end is missing");
  std::memcpy(to, rest.data(), count);
  rest.remove_prefix(count);
}

class Reader {
 public:
  explicit Reader(std::string_view bytes) : length_(bytes.size()), rest_(bytes) {}
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
  ~Reader() { png_destroy_read_struct(&png_, &info_, nullptr); }

  Picture read() {
    png_ = png_create_read_struct(PNG_LIBPNG_VER_STRING, &failure_, give_up, take_warning);
    if (png_ == nullptr)
      throw Undecodable("libpng cannot be used: its version is not the one that Refract was built for");
    attempt(&Reader::read_header);
    auto room = room_for(png_get_image_width(png_, info_), png_get_image_height(png_, info_));
    check_length();
    pixels_.create(static_cast<int>(png_get_image_height(png_, info_)),
                   static_cast<int>(png_get_image_width(png_, info_)), CV_8UC(channels_));
    for (int y = 0; y < pixels_.rows; ++y) rows_.push_back(pixels_.ptr(y));
    attempt(&Reader::read_rows);
    return {pixels_, orientation_, std::move(room)};
  }

 private:
  // Between setjmp and the return of `step` stands no object with a destructor, which a jump would pass over.
  void attempt(void (Reader::*step)()) {
    if (setjmp(failure_.back) == 0)  // NOLINT(cert-err52-cpp): the way of libpng
      (this->*step)();
    else
      throw Undecodable(fmt::format("it is damaged or truncated ({})", failure_.why.data()));
  }

  void read_header() {
    info_ = png_create_info_struct(png_);
    png_set_read_fn(png_, &rest_, read_bytes);
    png_set_crc_action(png_, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
    png_read_info(png_, info_);
    row_bytes_ = png_get_rowbytes(png_, info_);
    transform();
    png_read_update_info(png_, info_);
    channels_ = png_get_channels(png_, info_);
  }

  // 8 bits a channel, a palette's colours, and opacity beside three colours.
  void transform() {
    const bool transparent =
        (png_get_color_type(png_, info_) & PNG_COLOR_MASK_ALPHA) != 0 || png_get_valid(png_, info_, PNG_INFO_tRNS) != 0;
    png_set_scale_16(png_);
    png_set_expand(png_);
    if (transparent) png_set_gray_to_rgb(png_);
    png_set_bgr(png_);
    png_set_interlace_handling(png_);
  }

  void check_length() const {
    const auto height = static_cast<uint64_t>(png_get_image_height(png_, info_));
    if (row_bytes_ * height / kBestRatio > length_)
      throw Undecodable(fmt::format("its header says {}x{} pixels, more than its {} bytes can hold",
                                    png_get_image_width(png_, info_), height, length_));
  }

  void read_rows() {
    png_read_image(png_, rows_.data());
    png_read_end(png_, info_);
    png_uint_32 size = 0;
    png_bytep block = nullptr;
    if (png_get_eXIf_1(png_, info_, &size, &block) != 0)
      orientation_ = exif_orientation({reinterpret_cast<const char*>(block), size});
  }

  size_t length_;
  std::string_view rest_;  // what libpng has not read
  Failure failure_{};
  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
  uint64_t row_bytes_ = 0;  // as stored
  int channels_ = 0;
  int orientation_ = 1;
  cv::Mat pixels_;
  std::vector<png_bytep> rows_;
};

}  // namespace

Picture decode_png(std::string_view bytes) {
  return Reader(bytes).read();
}

}  // namespace refract
