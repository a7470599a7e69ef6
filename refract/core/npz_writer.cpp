#include "refract/core/npz_writer.h"

#include <fmt/format.h>
#include <zip.h>

#include <algorithm>
#include <bit>
#include <memory>

#include "refract/core/errors.h"
#include "refract/core/text.h"

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

using Source = std::unique_ptr<zip_source_t, decltype(&zip_source_free)>;
using NewArchive = std::unique_ptr<zip_t, decltype(&zip_discard)>;

[[noreturn]] void failed(const char* why) {
  throw Error(fmt::format("Writing an .npz file: {}. Nothing was written.", why));
}

void add(zip_t* archive, const NpzArray& array) {
  constexpr uint16_t midnight = 0;
  constexpr uint16_t first_of_january_1980 = 0x21;  // so that equal arrays give equal bytes
  zip_source_t* const content = zip_source_buffer(archive, array.npy.data(), array.npy.size(), 0);
  const zip_int64_t added =
      content == nullptr ? -1 : zip_file_add(archive, (array.name + ".npy").c_str(), content, ZIP_FL_ENC_UTF_8);
  if (added < 0) {
    zip_source_free(content);
    failed(zip_strerror(archive));
  }
  const auto index = static_cast<zip_uint64_t>(added);
  if (zip_set_file_compression(archive, index, ZIP_CM_STORE, 0) != 0 ||
      zip_file_set_dostime(archive, index, midnight, first_of_january_1980, 0) != 0)
    failed(zip_strerror(archive));
}

std::string all_bytes(zip_source_t* source) {
  zip_stat_t about;
  zip_stat_init(&about);
  if (zip_source_stat(source, &about) != 0 || zip_source_open(source) != 0)
    failed(zip_error_strerror(zip_source_error(source)));
  std::string bytes(about.size, '\0');
  const zip_int64_t got = zip_source_read(source, bytes.data(), bytes.size());
  zip_source_close(source);
  if (got < 0 || static_cast<size_t>(got) != bytes.size()) failed(zip_error_strerror(zip_source_error(source)));
  return bytes;
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
  for (const std::string& text : texts) width = std::max(width, rows.emplace_back(from_utf8(text)).size());
  std::u32string all;
  for (std::u32string& row : rows) all += (row.resize(width), row);
  const std::string_view bytes(reinterpret_cast<const char*>(all.data()), all.size() * sizeof(char32_t));
  return {std::move(name), npy(fmt::format("<U{}", width), fmt::format("{},", texts.size()), bytes)};
}

std::string npz(const std::vector<NpzArray>& arrays) {
  zip_error_t error;
  zip_error_init(&error);
  Source bytes(zip_source_buffer_create(nullptr, 0, 0, &error), zip_source_free);
  NewArchive archive(bytes == nullptr ? nullptr : zip_open_from_source(bytes.get(), ZIP_TRUNCATE, &error), zip_discard);
  if (archive == nullptr) failed(zip_error_strerror(&error));
  zip_source_keep(bytes.get());  // the archive has the other hold
  for (const NpzArray& array : arrays) add(archive.get(), array);
  if (zip_close(archive.get()) != 0) failed(zip_strerror(archive.get()));
  [[maybe_unused]] const zip_t* const closed = archive.release();
  return all_bytes(bytes.get());
}

}  // namespace refract
