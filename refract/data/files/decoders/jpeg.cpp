// JPEG through libjpeg itself, since OpenCV has damage printed and goes on.
#include <fmt/format.h>

#include <array>
#include <csetjmp>
#include <cstdio>  // before jpeglib.h, which needs it
#include <new>
#include <string>

#include <jerror.h>
#include <jpeglib.h>

#include "refract/data/files/decoders/image_decoders.h"
#include "refract/data/files/exif.h"

namespace refract {
namespace {

constexpr int kExif = JPEG_APP0 + 1;
constexpr int kMostScans = 100;  // of a progressive file; each takes as long as a whole picture
constexpr int kPadding = 8;      // bytes that cameras leave before a marker

// libjpeg's way out of an error: back to where `attempt` was called.
struct Failure : jpeg_error_mgr {
  std::jmp_buf back{};
  std::array<char, JMSG_LENGTH_MAX> why{};
};

[[noreturn]] void give_up(j_common_ptr info) {
  auto* failure = static_cast<Failure*>(info->err);
  failure->format_message(info, failure->why.data());
  std::longjmp(failure->back, 1);
}

// Warnings after which every pixel is still right.
bool is_harmless(const jpeg_error_mgr& error) {
  switch (error.msg_code) {
    case JWRN_ADOBE_XFORM:
    case JWRN_JFIF_MAJOR:
    case JWRN_NOT_SEQUENTIAL:
    case JWRN_BOGUS_ICC:
      return true;
    case JWRN_EXTRANEOUS_DATA:
      return error.msg_parm.i[0] <= kPadding;
    default:
      return false;
  }
}

void take_warning(j_common_ptr info, int level) {
  if (level < 0 && !is_harmless(*info->err)) give_up(info);
}

void limit_scans(j_common_ptr info) {
  if (reinterpret_cast<j_decompress_ptr>(info)->input_scan_number <= kMostScans) return;
  auto* failure = static_cast<Failure*>(info->err);
  fmt::format_to_n(failure->why.data(), failure->why.size() - 1, "it has more than {} scans", kMostScans);
  std::longjmp(failure->back, 1);
}

class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {
    info_.err = jpeg_std_error(&failure_);
    failure_.error_exit = give_up;
    failure_.emit_message = take_warning;
    progress_.progress_monitor = limit_scans;
  }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
  ~Reader() { jpeg_destroy_decompress(&info_); }

  Picture read() {
    attempt(&Reader::read_header);
    auto room = room_for(info_.image_width, info_.image_height);
    check_length();
    const int held = orientation();  // before the rows: their end frees the markers
    const bool gray = info_.jpeg_color_space == JCS_GRAYSCALE;
    const bool inks = info_.jpeg_color_space == JCS_CMYK || info_.jpeg_color_space == JCS_YCCK;
    info_.out_color_space = gray ? JCS_GRAYSCALE : inks ? JCS_CMYK : JCS_EXT_BGR;
    pixels_.create(static_cast<int>(info_.image_height), static_cast<int>(info_.image_width),
                   gray   ? CV_8UC1
                   : inks ? CV_8UC4
                          : CV_8UC3);
    attempt(&Reader::read_rows);
    return {inks ? from_inks() : pixels_, held, std::move(room)};
  }

 private:
  // Between setjmp and the return of `step` stands no object with a destructor, which a jump would pass over.
  void attempt(void (Reader::*step)()) {
    if (setjmp(failure_.back) == 0) {  // NOLINT(cert-err52-cpp): the way of libjpeg
      (this->*step)();
      return;
    }
    if (failure_.msg_code == JERR_OUT_OF_MEMORY) throw std::bad_alloc();
    throw Undecodable(fmt::format("it is damaged or truncated ({})", failure_.why.data()));
  }

  void read_header() {
    jpeg_create_decompress(&info_);
    info_.progress = &progress_;
    jpeg_save_markers(&info_, kExif, 0xffff);
    jpeg_mem_src(&info_, reinterpret_cast<const unsigned char*>(bytes_.data()), bytes_.size());
    jpeg_read_header(&info_, TRUE);
  }

  // Huffman codes have at least one bit for each 8x8 pixels of the finest colour; in odd samplings a fourth of that.
  void check_length() const {
    const auto pixels = static_cast<uint64_t>(info_.image_width) * info_.image_height;
    if (info_.arith_code == FALSE && pixels / 64 / 8 / 4 > bytes_.size())
      throw Undecodable(fmt::format("its header says {}x{} pixels, more than its {} bytes can hold", info_.image_width,
                                    info_.image_height, bytes_.size()));
  }

  // To the end marker: what stands behind it (other pictures, notes of a camera) is not looked at.
  void read_rows() {
    jpeg_start_decompress(&info_);
    while (info_.output_scanline < info_.output_height) {
      JSAMPROW row = pixels_.ptr(static_cast<int>(info_.output_scanline));
      jpeg_read_scanlines(&info_, &row, 1);
    }
    jpeg_finish_decompress(&info_);
  }

  // Cyan, magenta, yellow and black are stored as Adobe does, inverted: 255 is no ink.
  [[nodiscard]] cv::Mat from_inks() const {
    cv::Mat colour(pixels_.size(), CV_8UC3);
    for (int y = 0; y < pixels_.rows; ++y)
      for (int x = 0; x < pixels_.cols; ++x) {
        const auto& ink = pixels_.at<cv::Vec4b>(y, x);
        for (int c = 0; c < 3; ++c)
          colour.at<cv::Vec3b>(y, x)[2 - c] = static_cast<uint8_t>((ink[c] * ink[3] + 127) / 255);
      }
    return colour;
  }

  [[nodiscard]] int orientation() const {
    for (const jpeg_marker_struct* marker = info_.marker_list; marker != nullptr; marker = marker->next) {
      const std::string_view block(reinterpret_cast<const char*>(marker->data), marker->data_length);
      if (marker->marker == kExif && block.starts_with("Exif")) return exif_orientation(block);
    }
    return 1;
  }

  std::string_view bytes_;
  Failure failure_{};
  jpeg_progress_mgr progress_{};
  jpeg_decompress_struct info_{};
  cv::Mat pixels_;
};

}  // namespace

Picture decode_jpeg(std::string_view bytes) {
  return Reader(bytes).read();
}

}  // namespace refract
