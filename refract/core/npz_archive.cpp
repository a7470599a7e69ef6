#include "refract/core/npz_archive.h"

#include <ATen/ops/empty.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <bit>

#include "refract/core/errors.h"

namespace refract {
namespace {

using Path = std::filesystem::path;

static_assert(std::endian::native == std::endian::little, "values are read as they lie in the file");

constexpr std::string_view ending = ".npy";
constexpr int64_t most_arrays = 4096;

constexpr std::array<NpzType, 12> number_types = {{{"|b1", at::kByte, at::kBool, 0},
                                                   {"|u1", at::kByte, at::kByte, 0},
                                                   {"|i1", at::kChar, at::kChar, 0},
                                                   {"<i2", at::kShort, at::kShort, 0},
                                                   {"<i4", at::kInt, at::kInt, 0},
                                                   {"<i8", at::kLong, at::kLong, 0},
                                                   {"<u2", at::kShort, at::kInt, 16},
                                                   {"<u4", at::kInt, at::kLong, 32},
                                                   {"<u8", at::kLong, at::kLong, 64},
                                                   {"<f2", at::kHalf, at::kHalf, 0},
                                                   {"<f4", at::kFloat, at::kFloat, 0},
                                                   {"<f8", at::kDouble, at::kDouble, 0}}};

[[noreturn]] void refuse_archive(const Path& file, const std::string& found) {
  throw BadInput(
      fmt::format("Reading {}: expected a NumPy archive (.npz), found {}. Write it again with numpy.savez or "
                  "numpy.savez_compressed.",
                  file.string(), found));
}

std::string reason_of(int code) {
  zip_error_t error;
  zip_error_init_with_code(&error, code);
  std::string text = zip_error_strerror(&error);
  zip_error_fini(&error);
  return fmt::format("none ({})", text);
}

}  // namespace

const NpzType* number_type(const NpyHeader& header) {
  const auto* const found =
      std::find_if(number_types.begin(), number_types.end(), [&](const NpzType& t) { return t.name == header.type; });
  return found == number_types.end() ? nullptr : found;
}

NpzArchive::NpzArchive(const Path& file) : file_(file) {
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored))
    throw BadInput(fmt::format("Reading {}: there is no such file.", file.string()));
  int code = 0;
  zip_.reset(zip_open(file.c_str(), ZIP_RDONLY, &code));
  if (zip_ == nullptr) refuse_archive(file, reason_of(code));
  if (zip_get_num_entries(zip_.get(), 0) > most_arrays)
    refuse_archive(file, fmt::format("more than {} arrays", most_arrays));
}

std::vector<std::string> NpzArchive::names() const {
  std::vector<std::string> all;
  for (zip_int64_t i = 0; i < zip_get_num_entries(zip_.get(), 0); ++i) {
    const char* const entry = zip_get_name(zip_.get(), static_cast<zip_uint64_t>(i), 0);
    const std::string_view name = entry == nullptr ? "" : entry;
    if (name.ends_with(ending)) all.emplace_back(name.substr(0, name.size() - ending.size()));
  }
  return all;
}

NpzReader::NpzReader(const NpzArchive& archive, const std::string& name) : file_(archive.file()), name_(name) {
  const std::string entry = name + std::string(ending);
  zip_stat_t about;
  if (zip_stat(archive.zip(), entry.c_str(), 0, &about) != 0 || (about.valid & ZIP_STAT_SIZE) == 0)
    refuse_archive(file_, fmt::format("no array '{}' in it; it has {}", name, fmt::join(archive.names(), ", ")));
  size_ = about.size;
  expect_possible(about);
  stream_.reset(zip_fopen(archive.zip(), entry.c_str(), 0));
  if (stream_ == nullptr) damaged(zip_strerror(archive.zip()));
  auto header = npy_header([this](size_t count) {
    std::string bytes(count, '\0');
    read(bytes.data(), count);
    return bytes;
  });
  if (!header) damaged("it does not begin as a .npy file does");
  header_ = std::move(*header);
}

size_t NpzReader::expect_values_of(size_t width) const {
  const size_t bytes = size_ - std::min<size_t>(size_, header_.bytes);
  if (bytes % width != 0 || bytes / width != static_cast<size_t>(header_.count()))
    damaged(fmt::format("its shape [{}] does not fit its {} bytes", fmt::join(header_.shape, ", "), bytes));
  return bytes;
}

void NpzReader::expect_at_most(size_t bytes, size_t most) const {
  if (bytes > most)
    throw BadInput(
        fmt::format("Reading array '{}' of {}: expected at most {} MiB to hold at once, found {} MiB. Write "
                    "fewer rows or a narrower type.",
                    name_, file_.string(), most >> 20U, bytes >> 20U));
}

Tensor NpzReader::next(const std::vector<int64_t>& sizes, const NpzType& type) {
  Tensor values = at::empty(sizes, type.stored);
  read(values.data_ptr(), values.nbytes());
  if (type.unsigned_bits == 64 && values.numel() > 0 && values.min().item<int64_t>() < 0)
    damaged("it has numbers beyond 2^63");
  if (type.stored != type.wanted) values = values.to(type.wanted);
  return type.unsigned_bits == 16 || type.unsigned_bits == 32
             ? values.bitwise_and((int64_t{1} << type.unsigned_bits) - 1)
             : values;
}

void NpzReader::read(void* to, size_t count) {
  auto* bytes = static_cast<char*>(to);
  while (count > 0) {
    const zip_int64_t got = zip_fread(stream_.get(), bytes, count);
    if (got <= 0) damaged(got == 0 ? "it ends early" : zip_file_strerror(stream_.get()));
    bytes += got;
    count -= static_cast<size_t>(got);
  }
}

void NpzReader::finish() {
  char beyond = 0;
  const zip_int64_t got = zip_fread(stream_.get(), &beyond, 1);
  if (got != 0) damaged(got > 0 ? "it goes on behind its last value" : zip_file_strerror(stream_.get()));
}

// Archives can say that little unpacks to much. Deflate makes at most 1032 bytes of one (zlib's documentation).
void NpzReader::expect_possible(const zip_stat_t& about) const {
  constexpr uint64_t most_from_one = 1032;
  if ((about.valid & ZIP_STAT_COMP_SIZE) == 0 || (about.valid & ZIP_STAT_COMP_METHOD) == 0) return;
  const uint64_t most = about.comp_method == ZIP_CM_STORE ? 1 : most_from_one;
  if (about.comp_size > std::filesystem::file_size(file_) || about.size / most > about.comp_size)
    damaged(fmt::format("its {} bytes cannot lie in {} of the archive", about.size, about.comp_size));
}

void NpzReader::damaged(const std::string& why) const {
  refuse_archive(file_, fmt::format("a damaged array '{}': {}", name_, why));
}

}  // namespace refract
