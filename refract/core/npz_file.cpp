#include "refract/core/npz_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "refract/core/errors.h"
#include "refract/core/npz_archive.h"
#include "refract/core/npz_text.h"
#include "refract/core/npz_words.h"

namespace refract {
namespace {

using Path = std::filesystem::path;

const NpzType& expected_numbers(const Path& file, const std::string& name, const NpyHeader& header) {
  const NpzType* const type = number_type(header);
  if (type == nullptr)
    throw BadInput(fmt::format("Reading array '{}' of {}: expected little-endian real numbers, found {}. {}", name,
                               file.string(), npz_values(header.type),
                               is_npz_text(header) ? "Save numbers instead." : npz_advice(header.type)));
  return *type;
}

// `left`: bytes that may still be read from this file; what this array takes is taken from it.
Tensor whole(NpzReader& reader, const NpzType& type, size_t& left) {
  const size_t bytes = reader.expect_values_of(at::elementSize(type.stored));
  reader.expect_at_most(bytes, left);
  left -= bytes;
  const std::vector<int64_t>& shape = reader.header().shape;
  if (!reader.header().column_major) {
    Tensor values = reader.next(shape, type);
    reader.finish();
    return values;
  }
  const Tensor turned = reader.next({shape.rbegin(), shape.rend()}, type);
  reader.finish();
  std::vector<int64_t> back(shape.size());
  std::iota(back.rbegin(), back.rend(), int64_t{0});
  return turned.permute(back).contiguous();
}

NpzKind kind_of(const NpyHeader& header) {
  if (is_npz_text(header)) return NpzKind::text;
  const NpzType* const type = number_type(header);
  if (type == nullptr) return NpzKind::other;
  return at::isFloatingType(type->wanted) ? NpzKind::fractions : NpzKind::whole_numbers;
}

}  // namespace

NpzArrays read_npz(const Path& file, const std::vector<std::string>& names) {
  const NpzArchive archive(file);
  NpzArrays arrays;
  size_t left = most_npz_bytes;
  for (const std::string& name : names.empty() ? archive.names() : names) {
    NpzReader reader(archive, name);
    if (names.empty() && number_type(reader.header()) == nullptr) continue;
    arrays[name] = whole(reader, expected_numbers(file, name, reader.header()), left);
  }
  return arrays;
}

void read_npz_rows(const Path& file, const std::string& name, int64_t rows,
                   const std::function<void(int64_t first, const Tensor& values)>& visit) {
  const NpzArchive archive(file);
  NpzReader reader(archive, name);
  const NpzType& type = expected_numbers(file, name, reader.header());
  const size_t bytes = reader.expect_values_of(at::elementSize(type.stored));
  std::vector<int64_t> sizes = reader.header().shape;
  if (sizes.empty() || reader.header().column_major)
    throw BadInput(fmt::format("Reading array '{}' of {} by rows: expected rows in C order, found {}.", name,
                               file.string(), sizes.empty() ? "a single value" : "Fortran order"));
  const int64_t count = sizes[0];
  if (count > 0) reader.expect_at_most(bytes / static_cast<size_t>(count) * std::min(rows, count), most_npz_bytes);
  for (int64_t first = 0; first < count; first += sizes[0]) {
    sizes[0] = std::min(rows, count - first);
    visit(first, reader.next(sizes, type));
  }
  reader.finish();
}

std::vector<NpzEntry> list_npz(const Path& file) {
  const NpzArchive archive(file);
  std::vector<NpzEntry> entries;
  for (const std::string& name : archive.names()) {
    const NpzReader reader(archive, name);
    entries.push_back({name, reader.header().shape, kind_of(reader.header()), reader.header().type});
  }
  return entries;
}

}  // namespace refract
