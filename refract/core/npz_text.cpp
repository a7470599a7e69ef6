#include "refract/core/npz_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstring>

#include "refract/core/errors.h"
#include "refract/core/npz_archive.h"
#include "refract/core/npz_file.h"
#include "refract/core/npz_words.h"
#include "refract/core/text.h"

namespace refract {
namespace {

constexpr int64_t most_texts = 10'000'000;

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

// Shorter strings end in zeros.
std::string next_text(NpzReader& reader, const TextType& type) {
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

bool is_npz_text(const NpyHeader& header) {
  return text_type(header.type).width > 0;
}

std::vector<std::string> read_npz_texts(const std::filesystem::path& file, const std::string& name) {
  const NpzArchive archive(file);
  const std::vector<std::string> names = archive.names();
  if (std::find(names.begin(), names.end(), name) == names.end()) return {};
  NpzReader reader(archive, name);
  const NpyHeader& header = reader.header();
  const TextType type = text_type(header.type);
  if (type.width == 0 || header.shape.empty() || header.shape.size() > 2)
    throw BadInput(fmt::format(
        "Reading {}: expected in '{}' Unicode strings (NumPy's <U) in one or two dimensions, found {}, in {}. Save "
        "numpy.asarray(array, dtype=str) instead.",
        file.string(), name, npz_values(header.type), header.shape.size()));
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
