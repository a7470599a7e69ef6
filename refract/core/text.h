// Words for people, and the characters that they are made of.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace refract {

// The entry of `known` with the smallest edit distance to `word`; "" where none is near: where more than half of the
// longer of the two would have to change.
std::string nearest(std::string_view word, const std::vector<std::string>& known);

// " The nearest is 'steps'.", or "" where none is near.
std::string nearest_told(std::string_view word, const std::vector<std::string>& known);

// Throws BadInput: there is no `what` of this name, the nearest of those known, and where to find all of them. Where
// none is near and nobody says where to find them, a few are listed.
[[noreturn]] void refuse_name(std::string_view what, std::string_view name, const std::vector<std::string>& known,
                              std::string_view help = "");

// The entry that has this `name`. Throws BadInput as refuse_name does.
template <class Entry>
const Entry& named(const std::vector<Entry>& entries, std::string_view what, std::string_view name,
                   std::string_view help = "") {
  std::vector<std::string> known;
  for (const Entry& entry : entries) {
    if (entry.name == name) return entry;
    known.push_back(entry.name);
  }
  refuse_name(what, name, known, help);
}

// The parts between commas, without the blanks around them; a part in double quotes may hold commas. Empty parts are
// left out.
std::vector<std::string> comma_separated(std::string_view text);

// "8 s", "25 min", "2 h 05 min".
std::string duration_text(double seconds);

// Text as it may be shown: file names and a user's words can hold what moves a terminal's cursor or sets its colours.
// Control characters, those that turn the direction of writing, and bytes that are no UTF-8 become "\n", "\x1b",
// "\u202e". printable_lines leaves line ends and tabs as they are.
std::string printable(std::string_view text);
std::string printable_lines(std::string_view text);

// The first `most` bytes, or up to three fewer where they would end within a character of UTF-8.
std::string_view beginning(std::string_view text, size_t most);

// Each byte sequence that is no UTF-8 (RFC 3629: overlong forms, surrogates and what lies beyond U+10FFFF among them)
// becomes U+FFFD.
std::u32string from_utf8(std::string_view text);
std::string to_utf8(std::u32string_view characters);

}  // namespace refract
