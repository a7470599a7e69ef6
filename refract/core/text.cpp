#include "refract/core/text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "refract/core/errors.h"

namespace refract {
namespace {

constexpr char32_t kBroken = 0xfffd;

bool is_character(char32_t c) {
  return c <= 0x10ffff && (c < 0xd800 || c > 0xdfff);
}

// The character that starts at text[at], which moves behind it.
char32_t next_character(std::string_view text, size_t& at) {
  constexpr std::array<char32_t, 4> least = {0, 0x80, 0x800, 0x10000};  // with so many bytes after the first
  const auto first = static_cast<unsigned char>(text[at++]);
  if (first < 0x80) return first;
  const size_t more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
  if (first < 0xc0 || first > 0xf7) return kBroken;
  char32_t value = first & (0x3fU >> more);
  for (size_t i = 0; i < more; ++i) {
    if (at == text.size() || (static_cast<unsigned char>(text[at]) & 0xc0U) != 0x80U) return kBroken;
    value = value << 6U | (static_cast<unsigned char>(text[at++]) & 0x3fU);
  }
  return value >= least.at(more) && is_character(value) ? value : kBroken;
}

// Control characters, line and paragraph separators, and marks of the direction of writing.
bool is_control(char32_t c) {
  return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x200e || c == 0x200f || (c >= 0x2028 && c <= 0x202e) ||
         (c >= 0x2066 && c <= 0x2069);
}

std::string escaped(char32_t c) {
  if (c == '\n') return "\\n";
  if (c == '\r') return "\\r";
  if (c == '\t') return "\\t";
  return c < 0x80 ? fmt::format("\\x{:02x}", static_cast<uint32_t>(c))
                  : fmt::format("\\u{:04x}", static_cast<uint32_t>(c));
}

std::string without_controls(std::string_view text, std::string_view kept) {
  std::string shown;
  for (size_t at = 0; at < text.size();) {
    const size_t start = at;
    const char32_t c = next_character(text, at);
    const std::string_view bytes = text.substr(start, at - start);
    if (c == kBroken && bytes != "\xef\xbf\xbd")
      for (const char byte : bytes) shown += fmt::format("\\x{:02x}", static_cast<unsigned char>(byte));
    else if (is_control(c) && kept.find(text[start]) == std::string_view::npos)
      shown += escaped(c);
    else
      shown += bytes;
  }
  return shown;
}

// Letters to insert, leave out, replace or swap with their neighbour (optimal string alignment).
size_t edit_distance(std::string_view a, std::string_view b) {
  const size_t width = b.size() + 1;
  std::vector<size_t> table((a.size() + 1) * width);  // [i, j]: of the first i letters of a and the first j of b
  const auto at = [&](size_t i, size_t j) -> size_t& { return table[i * width + j]; };
  for (size_t i = 0; i <= a.size(); ++i) {
    for (size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        at(i, j) = i + j;
        continue;
      }
      const size_t replaced = at(i - 1, j - 1) + (a[i - 1] == b[j - 1] ? 0 : 1);
      at(i, j) = std::min({at(i - 1, j) + 1, at(i, j - 1) + 1, replaced});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        at(i, j) = std::min(at(i, j), at(i - 2, j - 2) + 1);
    }
  }
  return table.back();
}

}  // namespace

std::string nearest(std::string_view word, const std::vector<std::string>& known) {
  const auto distance = [&](const std::string& other) { return edit_distance(word, other); };
  const auto best = std::min_element(known.begin(), known.end(), [&](const std::string& a, const std::string& b) {
    return distance(a) < distance(b);
  });
  if (best == known.end() || 2 * distance(*best) > std::max(word.size(), best->size())) return "";
  return *best;
}

std::string nearest_told(std::string_view word, const std::vector<std::string>& known) {
  const std::string near = nearest(word, known);
  return near.empty() ? "" : fmt::format(" The nearest is '{}'.", near);
}

void refuse_name(std::string_view what, std::string_view name, const std::vector<std::string>& known,
                 std::string_view help) {
  constexpr size_t few = 12;
  std::string more;
  if (const std::string near = nearest(name, known); !near.empty())
    more = fmt::format(" The nearest is '{}'{}{}.", near, help.empty() ? "" : "; ", help);
  else if (!help.empty())
    more = fmt::format(" {}.", help);
  else if (!known.empty() && known.size() <= few)
    more = fmt::format(" Expected {}.", fmt::join(known, ", "));
  throw BadInput(fmt::format("There is no {} '{}'.{}", what, name, more));
}

std::vector<std::string> comma_separated(std::string_view text) {
  std::vector<std::string> parts(1);
  bool quoted = false, was_quoted = false;
  const auto finish = [&] {
    std::string& part = parts.back();
    if (!was_quoted) part.erase(part.find_last_not_of(' ') + 1);
    if (part.empty()) parts.pop_back();
    parts.emplace_back();
    was_quoted = false;
  };
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"' && quoted && i + 1 < text.size() && text[i + 1] == '"') {
      parts.back() += text[++i];  // a doubled quote is one
    } else if (c == '"') {
      quoted = !quoted;
      was_quoted = true;
    } else if (c == ',' && !quoted) {
      finish();
    } else if (quoted || c != ' ' || !(parts.back().empty() || was_quoted)) {
      parts.back() += c;
    }
  }
  finish();
  parts.pop_back();
  return parts;
}

std::string duration_text(double seconds) {
  const auto whole = static_cast<int64_t>(std::llround(std::max(0.0, seconds)));
  if (whole < 100) return fmt::format("{} s", whole);
  if (whole < 5970) return fmt::format("{} min", (whole + 30) / 60);
  return fmt::format("{} h {:02} min", whole / 3600, whole % 3600 / 60);
}

std::string printable(std::string_view text) {
  return without_controls(text, "");
}

std::string printable_lines(std::string_view text) {
  return without_controls(text, "\n\t");
}

std::string_view beginning(std::string_view text, size_t most) {
  if (text.size() <= most) return text;
  size_t end = most;
  while (end > 0 && most - end < 3 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U) --end;
  return text.substr(0, end);
}

std::u32string from_utf8(std::string_view text) {
  std::u32string all;
  for (size_t at = 0; at < text.size();) all += next_character(text, at);
  return all;
}

std::string to_utf8(std::u32string_view characters) {
  std::string text;
  for (const char32_t any : characters) {
    const char32_t c = is_character(any) ? any : kBroken;
    const auto tail = [&](int shift) { return static_cast<char>(0x80U | (c >> shift & 0x3fU)); };
    if (c < 0x80)
      text += static_cast<char>(c);
    else if (c < 0x800)
      text += {static_cast<char>(0xc0U | c >> 6U), tail(0)};
    else if (c < 0x10000)
      text += {static_cast<char>(0xe0U | c >> 12U), tail(6), tail(0)};
    else
      text += {static_cast<char>(0xf0U | c >> 18U), tail(12), tail(6), tail(0)};
  }
  return text;
}

}  // namespace refract
