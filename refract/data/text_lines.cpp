#include "refract/data/text_lines.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "refract/core/errors.h"
#include "refract/core/files.h"

namespace refract {

std::string_view take_until(std::string_view& text, char end) {
  const size_t length = std::min(text.find(end), text.size());
  const std::string_view part = text.substr(0, length);
  text.remove_prefix(std::min(length + 1, text.size()));
  return part;
}

int64_t number_up_to(int64_t most, std::string_view text) {
  int64_t value = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && value >= 0 && value <= most ? value : -1;
}

TextLines::TextLines(const std::filesystem::path& file) : file_(file), text_(read_file(file)), rest_(text_) {}

bool TextLines::next(std::string_view& line) {
  if (rest_.empty()) return false;
  line = take_until(rest_, '\n');
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  ++number_;
  return true;
}

void TextLines::refuse(const std::string& expected) const {
  throw BadInput(fmt::format("Reading {}, line {}: expected {}.", file_.string(), number_, expected));
}

std::string TextLines::sha256() const {
  return refract::sha256(text_);
}

}  // namespace refract
