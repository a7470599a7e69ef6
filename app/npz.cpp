#include "app/npz.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <limits>

#include "refract/core/errors.h"
#include "refract/core/files.h"

namespace refract {
namespace {

static_assert(std::endian::native == std::endian::little, "values are written as they lie in memory");

std::string npy(const std::string& type, const std::string& shape, std::string_view values) {
  std::string header = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}), }}", type, shape);
  constexpr size_t before_header = 10;  // magic, version, length
  header.append(63 - (before_header + header.size()) % 64, ' ');
  header += '\n';
  std::string bytes("\x93NUMPY\x01\x00", 8);
  bytes += static_cast<char>(header.size() & 0xff);
  bytes += static_cast<char>(header.size() >> 8);
  return bytes.append(header).append(values);
}

// The character that starts at text[at], which moves behind it.
char32_t next_character(std::string_view text, size_t& at) {
  constexpr char32_t broken = 0xfffd;
  const auto first = static_cast<unsigned char>(text[at++]);
  if (first < 0x80) return first;
  const int more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : first >= 0xc2 ? 1 : 0;
  if (more == 0 || first > 0xf4) return broken;
  char32_t value = first & (0x3fU >> more);
  for (int i = 0; i < more; ++i) {
    if (at == text.size() || (static_cast<unsigned char>(text[at]) & 0xc0U) != 0x80U) return broken;
    value = value << 6U | (static_cast<unsigned char>(text[at++]) & 0x3fU);
  }
  return value;
}

std::u32string characters(std::string_view text) {
  std::u32string all;
  for (size_t at = 0; at < text.size();) all += next_character(text, at);
  return all;
}

// Fields of the ZIP format (APPNOTE 6.3.10, 4.3), little-endian.
class Fields {
 public:
  Fields& u16(uint64_t value) { return put(value, 2); }
  Fields& u32(uint64_t value) { return put(value, 4); }
  Fields& text(std::string_view value) {
    bytes_ += value;
    return *this;
  }
  [[nodiscard]] const std::string& bytes() const { return bytes_; }

 private:
  Fields& put(uint64_t value, int count) {
    for (int i = 0; i < count; ++i) bytes_ += static_cast<char>(value >> (8 * i) & 0xff);
    return *this;
  }
  std::string bytes_;
};

// What an entry's local header and its line in the central directory share.
std::string entry_fields(const std::string& name, std::string_view content) {
  constexpr int version = 20;
  constexpr int stored = 0;
  constexpr int midnight = 0;
  constexpr int first_of_january_1980 = 0x21;
  Fields fields;
  fields.u16(version).u16(0).u16(stored).u16(midnight).u16(first_of_january_1980);
  fields.u32(crc32(content)).u32(content.size()).u32(content.size()).u16(name.size()).u16(0);
  return fields.bytes();
}

}  // namespace

NpzArray npz_array(std::string name, const Tensor& values) {
  const Tensor plain = values.to(at::kCPU, at::kFloat).contiguous();
  std::string shape;
  for (const int64_t size : plain.sizes()) shape += fmt::format("{},", size);
  const auto* bytes = static_cast<const char*>(plain.data_ptr());
  return {std::move(name), npy("<f4", shape, {bytes, plain.nbytes()})};
}

NpzArray npz_array(std::string name, const std::vector<std::string>& texts) {
  std::vector<std::u32string> rows;
  size_t width = 1;
  for (const std::string& text : texts) width = std::max(width, rows.emplace_back(characters(text)).size());
  std::u32string all;
  for (std::u32string& row : rows) all += (row.resize(width), row);
  const std::string_view bytes(reinterpret_cast<const char*>(all.data()), all.size() * sizeof(char32_t));
  return {std::move(name), npy(fmt::format("<U{}", width), fmt::format("{},", texts.size()), bytes)};
}

std::string npz(const std::vector<NpzArray>& arrays) {
  std::string archive;
  Fields directory;
  for (const auto& [name, content] : arrays) {
    const std::string file = name + ".npy";
    const std::string fields = entry_fields(file, content);
    directory.text("PK\x01\x02").u16(20).text(fields).u16(0).u16(0).u16(0).u32(0).u32(archive.size()).text(file);
    archive.append("PK\x03\x04").append(fields).append(file).append(content);
    if (archive.size() > std::numeric_limits<uint32_t>::max())
      throw Error("Writing an .npz file: its arrays exceed 4 GiB. Encode fewer images at a time, or write .csv.");
  }
  Fields end;
  end.text("PK\x05\x06").u16(0).u16(0).u16(arrays.size()).u16(arrays.size());
  end.u32(directory.bytes().size()).u32(archive.size()).u16(0);
  return archive + directory.bytes() + end.bytes();
}

}  // namespace refract
