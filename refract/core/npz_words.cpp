#include "refract/core/npz_words.h"

#include <fmt/format.h>

#include "refract/core/npz_archive.h"
#include "refract/core/npz_text.h"

namespace refract {
namespace {

// A letter of a type's name, behind the order of its bytes: "f" of "<f4".
bool has_letter(std::string_view type, std::string_view letters) {
  return type.size() > 1 && letters.find(type[1]) != std::string_view::npos;
}

NpyHeader header_with(std::string_view type) {
  NpyHeader header;
  header.type = std::string(type);
  return header;
}

}  // namespace

std::string npz_values(std::string_view type) {
  if (number_type(header_with(type)) != nullptr) return "numbers";
  if (is_npz_text(header_with(type))) return "text";
  if (has_letter(type, "O")) return "Python objects";
  if (type.starts_with('>')) return "big-endian values";
  if (has_letter(type, "c")) return "complex numbers";
  if (has_letter(type, "Mm")) return "dates or times";
  if (type.empty()) return "structured values";
  return fmt::format("values of NumPy's type '{}'", type);
}

std::string npz_advice(std::string_view type) {
  if (number_type(header_with(type)) != nullptr || is_npz_text(header_with(type))) return "";
  if (has_letter(type, "O"))
    return "Save texts as numpy.asarray(array, dtype=str) and numbers as numpy.asarray(array, dtype=float).";
  if (type.starts_with('>')) return "Save array.astype(array.dtype.newbyteorder('<')) instead.";
  if (has_letter(type, "c")) return "Save its real and its imaginary part instead.";
  if (type.empty()) return "Save each field as an array of its own.";
  return "Save array.astype(float) or array.astype(str) instead.";
}

}  // namespace refract
