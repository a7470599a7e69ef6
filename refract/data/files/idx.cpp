#include "refract/data/files/idx.h"

#include <ATen/ops/empty.h>
#include <fmt/format.h>

#include <cstring>

#include "refract/core/errors.h"
#include "refract/core/files.h"
#include "refract/core/inflater.h"

namespace refract {
namespace {

constexpr uint64_t kLargest = uint64_t{1} << 30;
constexpr uint64_t kLargestSide = 4096;
constexpr uint32_t kImages = 0x803;
constexpr uint32_t kLabels = 0x801;

[[noreturn]] void refuse_idx(const std::filesystem::path& path, const std::string& found) {
  throw BadInput(
      fmt::format("Reading the IDX file {}: {} Fetch the file again, or name another folder.", path.string(), found));
}

struct Header {
  size_t size = 0;             // of the header, in bytes
  std::vector<int64_t> shape;  // as stored
  uint64_t elements = 0;       // one byte each
};

uint32_t word(std::string_view bytes, size_t index) {
  uint32_t value = 0;
  for (const char byte : bytes.substr(4 * index, 4)) value = (value << 8) | static_cast<unsigned char>(byte);
  return value;
}

std::string kind(uint32_t magic) {
  if (magic == kImages) return "holds images";
  if (magic == kLabels) return "holds labels";
  return fmt::format("starts with {:#010x}, which is no IDX file of images or labels", magic);
}

void check_magic(const std::filesystem::path& path, std::string_view bytes, uint32_t wanted) {
  if (bytes.size() < 4) refuse_idx(path, fmt::format("it is truncated: {} bytes, no complete header.", bytes.size()));
  if (const uint32_t magic = word(bytes, 0); magic != wanted)
    refuse_idx(path, fmt::format("expected {} (magic number {:#x}), but the file {}.",
                                 wanted == kImages ? "images" : "labels", wanted, kind(magic)));
}

Header read_header(const std::filesystem::path& path, std::string_view bytes, uint32_t magic) {
  check_magic(path, bytes, magic);
  Header header;
  const size_t dimensions = magic & 0xff;
  header.size = 4 + 4 * dimensions;
  if (bytes.size() < header.size)
    refuse_idx(path, fmt::format("it is truncated: {} bytes, no complete header.", bytes.size()));
  header.elements = 1;
  for (size_t d = 1; d <= dimensions; ++d) {
    const uint64_t length = word(bytes, d);
    if (length == 0 || length > (d == 1 ? kLargest : kLargestSide))
      refuse_idx(path, fmt::format("its header claims an absurd length of {} along dimension {}.", length, d));
    header.shape.push_back(static_cast<int64_t>(length));
    header.elements *= length;  // at most 2^54
  }
  if (header.elements > kLargest)
    refuse_idx(
        path, fmt::format("its header claims {} bytes of data, oversized beyond the limit of 1 GiB.", header.elements));
  return header;
}

std::string read_bounded(const std::filesystem::path& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  if (!error && size > kLargest + 64)
    refuse_idx(path, fmt::format("it is oversized: {} bytes, the limit is 1 GiB.", size));
  return read_file(path);
}

// Header and data, plus at most one byte of what follows.
std::string unpack(const std::filesystem::path& path, const std::string& packed, uint32_t magic) {
  Inflater inflater(packed);
  std::string bytes;
  inflater.read(bytes, 4 + 4 * (magic & 0xff));
  if (bytes.empty() && inflater.damaged()) refuse_idx(path, "its gzip stream is damaged or truncated.");
  const Header header = read_header(path, bytes, magic);
  inflater.read(bytes, header.elements + 1);
  if (inflater.damaged())
    refuse_idx(path, fmt::format("its gzip stream is damaged or truncated after {} of {} bytes.", bytes.size(),
                                 header.size + header.elements));
  return bytes;
}

IdxFile read_idx(const std::filesystem::path& path, uint32_t magic) {
  std::string bytes = read_bounded(path);
  if (is_gzip(bytes)) bytes = unpack(path, bytes, magic);
  const Header header = read_header(path, bytes, magic);
  const uint64_t found = bytes.size() - header.size;
  if (found < header.elements)
    refuse_idx(path, fmt::format("it is truncated: its header claims {} bytes of data, the file has {}.",
                                 header.elements, found));
  if (found > header.elements)
    refuse_idx(path,
               fmt::format("it is oversized: more data follows the {} bytes that its header claims.", header.elements));
  IdxFile file;
  file.sha256 = sha256(bytes);
  file.data = at::empty(header.shape, at::kByte);
  std::memcpy(file.data.data_ptr(), bytes.data() + header.size, header.elements);
  return file;
}

}  // namespace

IdxFile read_idx_images(const std::filesystem::path& path) {
  return read_idx(path, kImages);
}
IdxFile read_idx_labels(const std::filesystem::path& path) {
  return read_idx(path, kLabels);
}

}  // namespace refract
