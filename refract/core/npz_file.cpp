#include "refract/core/npz_file.h"

#include <ATen/ops/empty.h>
#include <fmt/format.h>
#include <zip.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstring>
#include <memory>
#include <numeric>
#include <string_view>

#include "refract/core/errors.h"
#include "refract/core/npy_header.h"
#include "refract/core/text.h"

namespace refract {
namespace {

using Path = std::filesystem::path;

static_assert(std::endian::native == std::endian::little, "values are read as they lie in the file");

constexpr std::string_view ending = ".npy";
constexpr int64_t most_arrays = 4096;
constexpr int64_t most_texts = 10'000'000;

[[noreturn]] void refuse_archive(const Path& file, const std::string& found) {
  throw BadInput(
      fmt::format("Reading {}: expected a NumPy archive (.npz), found {}. Write it again with numpy.savez or "
                  "numpy.savez_compressed.",
                  file.string(), found));
}

struct Type {
  std::string_view name;  // NumPy's
  at::ScalarType stored;  // as wide, to read the bytes into
  at::ScalarType wanted;  // what holds all its values
  int64_t unsigned_bits;  // for those that LibTorch only has with a sign; else 0
};
constexpr std::array<Type, 12> types = {{{"|b1", at::kByte, at::kBool, 0},
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

const Type* type_of(const NpyHeader& header) {
  const auto* const found =
      std::find_if(types.begin(), types.end(), [&](const Type& t) { return t.name == header.type; });
  return found == types.end() ? nullptr : found;
}

class Archive {
 public:
  explicit Archive(const Path& file) : file_(file) {
    std::error_code ignored;
    if (!std::filesystem::exists(file, ignored))
      throw BadInput(fmt::format("Reading {}: there is no such file.", file.string()));
    int code = 0;
    zip_.reset(zip_open(file.c_str(), ZIP_RDONLY, &code));
    if (zip_ == nullptr) refuse_archive(file, reason(code));
    if (zip_get_num_entries(zip_.get(), 0) > most_arrays)
      refuse_archive(file, fmt::format("more than {} arrays", most_arrays));
  }

  [[nodiscard]] const Path& file() const { return file_; }
  [[nodiscard]] zip_t* zip() const { return zip_.get(); }

  // Names of arrays, in the archive's order.
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (zip_int64_t i = 0; i < zip_get_num_entries(zip_.get(), 0); ++i) {
      const char* const entry = zip_get_name(zip_.get(), static_cast<zip_uint64_t>(i), 0);
      const std::string_view name = entry == nullptr ? "" : entry;
      if (name.ends_with(ending)) all.emplace_back(name.substr(0, name.size() - ending.size()));
    }
    return all;
  }

 private:
  static std::string reason(int code) {
    zip_error_t error;
    zip_error_init_with_code(&error, code);
    std::string text = zip_error_strerror(&error);
    zip_error_fini(&error);
    return fmt::format("none ({})", text);
  }

  struct Close {
    void operator()(zip_t* zip) const { zip_discard(zip); }
  };
  Path file_;
  std::unique_ptr<zip_t, Close> zip_;
};

// One array of an archive: its header, then its values from first to last.
class ArrayReader {
 public:
  ArrayReader(const Archive& archive, const std::string& name) : file_(archive.file()), name_(name) {
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

  [[nodiscard]] const NpyHeader& header() const { return header_; }

  // Throws unless the archive holds all values of the array, `width` bytes each, and nothing else. Returns how many
  // bytes they are.
  [[nodiscard]] size_t expect_values_of(size_t width) const {
    const size_t bytes = size_ - std::min<size_t>(size_, header_.bytes);
    if (bytes % width != 0 || bytes / width != static_cast<size_t>(header_.count()))
      damaged(fmt::format("its shape [{}] does not fit its {} bytes", fmt::join(header_.shape, ", "), bytes));
    return bytes;
  }

  // Throws where more than `most` bytes would be held at once.
  void expect_at_most(size_t bytes, size_t most) const {
    if (bytes > most)
      throw BadInput(
          fmt::format("Reading array '{}' of {}: expected at most {} MiB to hold at once, found {} MiB. Write "
                      "fewer rows or a narrower type.",
                      name_, file_.string(), most >> 20U, bytes >> 20U));
  }

  // The next values, of these sizes, with the type that they have in memory.
  [[nodiscard]] Tensor next(const std::vector<int64_t>& sizes, const Type& type) {
    Tensor values = at::empty(sizes, type.stored);
    read(values.data_ptr(), values.nbytes());
    if (type.unsigned_bits == 64 && values.numel() > 0 && values.min().item<int64_t>() < 0)
      damaged("it has numbers beyond 2^63");
    if (type.stored != type.wanted) values = values.to(type.wanted);
    return type.unsigned_bits == 16 || type.unsigned_bits == 32
               ? values.bitwise_and((int64_t{1} << type.unsigned_bits) - 1)
               : values;
  }

  void read(void* to, size_t count) {
    auto* bytes = static_cast<char*>(to);
    while (count > 0) {
      const zip_int64_t got = zip_fread(stream_.get(), bytes, count);
      if (got <= 0) damaged(got == 0 ? "it ends early" : zip_file_strerror(stream_.get()));
      bytes += got;
      count -= static_cast<size_t>(got);
    }
  }

  // The checksum is tested where the end is met.
  void finish() {
    char beyond = 0;
    const zip_int64_t got = zip_fread(stream_.get(), &beyond, 1);
    if (got != 0) damaged(got > 0 ? "it goes on behind its last value" : zip_file_strerror(stream_.get()));
  }

 private:
  // Archives can say that little unpacks to much. Deflate makes at most 1032 bytes of one (zlib's documentation).
  void expect_possible(const zip_stat_t& about) const {
    constexpr uint64_t most_from_one = 1032;
    if ((about.valid & ZIP_STAT_COMP_SIZE) == 0 || (about.valid & ZIP_STAT_COMP_METHOD) == 0) return;
    const uint64_t most = about.comp_method == ZIP_CM_STORE ? 1 : most_from_one;
    if (about.comp_size > std::filesystem::file_size(file_) || about.size / most > about.comp_size)
      damaged(fmt::format("its {} bytes cannot lie in {} of the archive", about.size, about.comp_size));
  }

  [[noreturn]] void damaged(const std::string& why) const {
    refuse_archive(file_, fmt::format("a damaged array '{}': {}", name_, why));
  }

  struct Close {
    void operator()(zip_file_t* stream) const { zip_fclose(stream); }
  };
  Path file_;
  std::string name_;
  size_t size_ = 0;
  std::unique_ptr<zip_file_t, Close> stream_;
  NpyHeader header_;
};

const Type& number_type(const Path& file, const std::string& name, const NpyHeader& header) {
  const Type* const type = type_of(header);
  if (type == nullptr)
    throw BadInput(
        fmt::format("Reading array '{}' of {}: expected little-endian real numbers, found values of NumPy's type '{}'. "
                    "Convert it with astype before it is saved.",
                    name, file.string(), header.type));
  return *type;
}

// `left`: bytes that may still be read from this file; what this array takes is taken from it.
Tensor whole(ArrayReader& reader, const Type& type, size_t& left) {
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

struct TextType {
  size_t width = 0;      // characters in a value; 0 for what is no text
  size_t character = 0;  // bytes
};

// Of a name such as "<U12" or "|S5".
TextType text_type(std::string_view name) {
  TextType type{0, name.starts_with("<U") ? sizeof(char32_t) : sizeof(char)};
  if (name.starts_with("<U") || name.starts_with("|S"))
    std::from_chars(name.data() + 2, name.data() + name.size(), type.width);
  return type;
}

NpzKind kind_of(const NpyHeader& header) {
  if (text_type(header.type).width > 0) return NpzKind::text;
  const Type* const type = type_of(header);
  if (type == nullptr) return NpzKind::other;
  return at::isFloatingType(type->wanted) ? NpzKind::fractions : NpzKind::whole_numbers;
}

// Shorter strings end in zeros.
std::string next_text(ArrayReader& reader, const TextType& type) {
  std::string bytes(type.width * type.character, '\0');
  reader.read(bytes.data(), bytes.size());
  std::u32string characters;
  if (type.character == sizeof(char)) {
    characters = from_utf8(bytes);
  } else {
    characters.resize(type.width);
    std::memcpy(characters.data(), bytes.data(), bytes.size());
  }
  std::erase(characters, U'\0');
  return to_utf8(characters);
}

// Columns one after the other -> rows.
std::vector<std::string> turned(std::vector<std::string> texts, size_t rows) {
  std::vector<std::string> all(texts.size());
  for (size_t i = 0; i < texts.size(); ++i) all[i % rows * (texts.size() / rows) + i / rows] = std::move(texts[i]);
  return all;
}

}  // namespace

NpzArrays read_npz(const Path& file, const std::vector<std::string>& names) {
  const Archive archive(file);
  NpzArrays arrays;
  size_t left = most_npz_bytes;
  for (const std::string& name : names.empty() ? archive.names() : names) {
    ArrayReader reader(archive, name);
    if (names.empty() && type_of(reader.header()) == nullptr) continue;
    arrays[name] = whole(reader, number_type(file, name, reader.header()), left);
  }
  return arrays;
}

void read_npz_rows(const Path& file, const std::string& name, int64_t rows,
                   const std::function<void(int64_t first, const Tensor& values)>& visit) {
  const Archive archive(file);
  ArrayReader reader(archive, name);
  const Type& type = number_type(file, name, reader.header());
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
  const Archive archive(file);
  std::vector<NpzEntry> entries;
  for (const std::string& name : archive.names()) {
    const ArrayReader reader(archive, name);
    entries.push_back({name, reader.header().shape, kind_of(reader.header())});
  }
  return entries;
}

std::vector<std::string> read_npz_texts(const Path& file, const std::string& name) {
  const Archive archive(file);
  const std::vector<std::string> names = archive.names();
  if (std::find(names.begin(), names.end(), name) == names.end()) return {};
  ArrayReader reader(archive, name);
  const NpyHeader& header = reader.header();
  const TextType type = text_type(header.type);
  if (type.width == 0 || header.shape.empty() || header.shape.size() > 2)
    throw BadInput(fmt::format(
        "Reading {}: expected in '{}' Unicode strings (NumPy's <U) in one or two dimensions, found type {} in "
        "{}.",
        file.string(), name, header.type, header.shape.size()));
  const size_t bytes = reader.expect_values_of(type.width * type.character);
  reader.expect_at_most(bytes, most_npz_bytes / 4);
  if (header.count() > most_texts)
    throw BadInput(fmt::format("Reading {}: expected at most {} texts in '{}', found {}.", file.string(), most_texts,
                               name, header.count()));
  std::vector<std::string> texts;
  for (int64_t i = 0; i < header.count(); ++i) texts.push_back(next_text(reader, type));
  reader.finish();
  return header.column_major && !texts.empty() ? turned(std::move(texts), static_cast<size_t>(header.shape[0])) : texts;
}

}  // namespace refract
