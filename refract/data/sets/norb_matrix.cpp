#include "refract/data/sets/norb_matrix.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "refract/core/errors.h"
#include "refract/core/files.h"
#include "refract/core/inflater.h"

namespace refract {
namespace {

constexpr uint64_t kLargestMatrix = uint64_t{1} << 30;  // bytes
constexpr uint32_t kByteMatrix = 0x1E3D4C55, kNumberMatrix = 0x1E3D4C54;
constexpr size_t kMostDimensions = 8, kLeastStored = 3;

[[noreturn]] void refuse_norb(const std::filesystem::path& path, const std::string& found) {
  throw BadInput(fmt::format("Reading the matrix {}: {} Fetch the file again.", path.string(), found));
}

// The content of a file, or of what gzip packed in it as far as it is needed.
class NorbBytes {
 public:
  explicit NorbBytes(const std::filesystem::path& path) : path_(path), bytes_(read_file(path, kLargestMatrix + 100)) {
    if (!is_gzip(bytes_)) return;
    packed_ = std::move(bytes_);
    bytes_.clear();
    inflater_.emplace(packed_);
  }

  // Refuses a file that has fewer bytes.
  void need(uint64_t size) {
    unpack(size);
    if (bytes_.size() < size)
      refuse_norb(path_, fmt::format("it is truncated{}: {} bytes or more are expected, it has {}.",
                                     inflater_ ? " or its gzip stream is damaged" : "", size, bytes_.size()));
  }

  // Refuses a file that has more bytes.
  void expect_end(uint64_t size) {
    unpack(size + 1);
    if (bytes_.size() > size)
      refuse_norb(path_, fmt::format("more data follows the {} bytes that its header claims.", size));
    if (inflater_ && inflater_->damaged()) refuse_norb(path_, "its gzip stream is damaged.");
  }

  [[nodiscard]] std::string& bytes() { return bytes_; }

  // Little-endian.
  [[nodiscard]] uint32_t word(size_t at) const {
    uint32_t value = 0;
    for (size_t i = 4; i-- > 0;) value = value << 8U | static_cast<unsigned char>(bytes_[at + i]);
    return value;
  }

 private:
  void unpack(uint64_t size) {
    if (inflater_ && size > bytes_.size()) inflater_->read(bytes_, size - bytes_.size());
  }

  std::filesystem::path path_;
  std::string bytes_, packed_;
  std::optional<Inflater> inflater_;
};

struct NorbHeader {
  size_t size = 0;  // bytes
  std::vector<int64_t> shape;
  uint64_t elements = 1;
};

NorbHeader read_norb_header(NorbBytes& content, const std::filesystem::path& path, uint32_t kind) {
  content.need(8);
  if (const uint32_t found = content.word(0); found != kind)
    refuse_norb(path, fmt::format("expected a matrix of {} (magic number {:#x}), but the file starts with {:#010x}.",
                                  kind == kByteMatrix ? "bytes" : "whole numbers", kind, found));
  const size_t dimensions = content.word(4);
  if (dimensions < 1 || dimensions > kMostDimensions)
    refuse_norb(path, fmt::format("its header claims {} dimensions.", dimensions));
  NorbHeader header;
  header.size = 8 + 4 * std::max(dimensions, kLeastStored);
  content.need(header.size);
  for (size_t d = 0; d < dimensions; ++d) {
    const uint64_t length = content.word(8 + 4 * d);
    if (length == 0 || length > kLargestMatrix || header.elements * length > kLargestMatrix)
      refuse_norb(path, fmt::format("its header claims an absurd length of {} along dimension {}.", length, d + 1));
    header.shape.push_back(static_cast<int64_t>(length));
    header.elements *= length;
  }
  return header;
}

}  // namespace

NorbMatrix read_norb_bytes(const std::filesystem::path& path) {
  NorbBytes content(path);
  const NorbHeader header = read_norb_header(content, path, kByteMatrix);
  content.need(header.size + header.elements);
  content.expect_end(header.size + header.elements);
  const auto kept = std::make_shared<std::string>(std::move(content.bytes()));  // the set has files of 450 MB
  return {at::from_blob(
              kept->data() + header.size, header.shape, [kept](void* /*data*/) {}, at::kByte),
          sha256(*kept)};
}

NorbMatrix read_norb_numbers(const std::filesystem::path& path) {
  NorbBytes content(path);
  const NorbHeader header = read_norb_header(content, path, kNumberMatrix);
  content.need(header.size + 4 * header.elements);
  content.expect_end(header.size + 4 * header.elements);
  NorbMatrix matrix = {at::empty(header.shape, at::kLong), sha256(content.bytes())};
  auto* out = matrix.data.data_ptr<int64_t>();
  for (size_t i = 0; i < header.elements; ++i) out[i] = static_cast<int32_t>(content.word(header.size + 4 * i));
  return matrix;
}

}  // namespace refract
