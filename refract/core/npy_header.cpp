#include "refract/core/npy_header.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <string_view>

namespace refract {
namespace {

constexpr size_t kMagic = 8;                                              // "\x93NUMPY" and two bytes of version
constexpr size_t kLongest = 1 << 20;                                      // a header beyond this is damage
constexpr size_t kMostDimensions = 64;                                    // NumPy 2 has no more
constexpr int64_t kMostBytes = std::numeric_limits<int64_t>::max() / 16;  // so that bytes can be counted, too

size_t little_endian(std::string_view bytes) {
  size_t value = 0;
  for (size_t i = 0; i < bytes.size(); ++i) value |= size_t{static_cast<unsigned char>(bytes[i])} << 8 * i;
  return value;
}

// What follows a key of the dictionary; nothing where the key is not there.
std::optional<std::string_view> after(std::string_view dictionary, std::string_view key) {
  const size_t at = dictionary.find(key);
  if (at == std::string_view::npos) return {};
  const size_t value = dictionary.find_first_not_of(" :", at + key.size());
  return dictionary.substr(std::min(value, dictionary.size()));
}

// "(3, 4)" or "(3,)" or "()".
std::optional<std::vector<int64_t>> shape_in(std::string_view text) {
  if (text.empty() || text.front() != '(' || text.find(')') == std::string_view::npos) return {};
  text = text.substr(1, text.find(')') - 1);
  std::vector<int64_t> shape;
  int64_t count = 1;  // of values, were there no empty dimension: LibTorch multiplies the others, too
  while (!text.empty()) {
    int64_t size = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
    if (error != std::errc() || size < 0) return {};
    if (shape.size() == kMostDimensions || count > kMostBytes / std::max<int64_t>(size, 1)) return {};
    count *= std::max<int64_t>(size, 1);
    shape.push_back(size);
    const size_t next = text.find_first_not_of(", ", static_cast<size_t>(end - text.data()));
    text = next == std::string_view::npos ? "" : text.substr(next);
  }
  return shape;
}

// "'<f4'"; a list of fields, as structured types have it, has no name here.
std::string type_in(std::string_view text) {
  if (text.empty() || text.front() != '\'') return "";
  return std::string(text.substr(1, text.find('\'', 1) - 1));
}

}  // namespace

int64_t NpyHeader::count() const {
  int64_t count = 1;
  for (const int64_t size : shape) count *= size;
  return count;
}

std::optional<NpyHeader> npy_header(const std::function<std::string(size_t)>& read) {
  const std::string magic = read(kMagic);
  if (magic.compare(0, 6, "\x93NUMPY") != 0) return {};
  const size_t length_size = magic[6] == 1 ? 2 : 4;
  const size_t length = little_endian(read(length_size));
  if (length > kLongest) return {};
  const std::string dictionary = read(length);
  const auto type = after(dictionary, "'descr'");
  const auto order = after(dictionary, "'fortran_order'");
  const auto sizes = after(dictionary, "'shape'");
  if (!type || !order || !sizes) return {};
  const auto shape = shape_in(*sizes);
  if (!shape) return {};
  return NpyHeader{type_in(*type), *shape, order->starts_with("True"), kMagic + length_size + length};
}

}  // namespace refract
