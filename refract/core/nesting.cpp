#include "refract/core/nesting.h"

#include <fmt/format.h>

#include <algorithm>

#include "refract/core/errors.h"

namespace refract {
namespace {

constexpr int64_t most_toml_levels = 8;
constexpr int64_t most_entries = 1000;
constexpr int64_t most_json_levels = 64;

// Walks over TOML outside its strings and comments.
class TomlWalk {
 public:
  TomlWalk(std::string_view text, const std::string& origin) : text_(text), origin_(origin) {}

  void go() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"' || c == '\'') {
        skip_string(c);
      } else if (c == '#') {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else {
        take(c);
        ++at_;
      }
    }
  }

 private:
  void take(char c) {
    if (c == '[' || c == '{') expect(++depth_, most_toml_levels, "levels of brackets");
    if (c == ']' || c == '}') --depth_;
    if (depth_ <= 0) entries_ = 0;
    if (c == ',') expect(++entries_, most_entries, "entries in a list");
    if (c == '.') expect(++dots_, most_toml_levels, "parts in a dotted name");
    if (std::string_view("[]{},=\n").find(c) != std::string_view::npos) dots_ = 0;
  }

  [[nodiscard]] size_t run_of(char quote) const {
    const size_t end = std::min(text_.find_first_not_of(quote, at_), text_.size());
    return end - at_;
  }

  // A string in three quotes may have up to two more of them before its end; one in single quotes ends with its line.
  void skip_string(char quote) {
    const size_t quotes = run_of(quote);
    if (quotes == 2) {
      at_ += 2;
      return;
    }
    const bool long_one = quotes >= 3;
    at_ += long_one ? 3 : 1;
    while (at_ < text_.size()) {
      if (text_[at_] == '\\' && quote == '"') {
        at_ += 2;
      } else if (text_[at_] == quote && (!long_one || run_of(quote) >= 3)) {
        at_ += long_one ? std::min<size_t>(run_of(quote), 5) : 1;
        return;
      } else if (text_[at_] == '\n' && !long_one) {
        return;
      } else {
        ++at_;
      }
    }
  }

  void expect(int64_t found, int64_t most, std::string_view what) const {
    if (found <= most) return;
    const auto line = 1 + std::count(text_.begin(), text_.begin() + static_cast<ptrdiff_t>(at_), '\n');
    throw BadInput(
        fmt::format("Reading {}, line {}: expected options as in `steps = 2000`, with at most {} {}; found "
                    "more. Write each option as one line of its own.",
                    origin_, line, most, what));
  }

  std::string_view text_;
  const std::string& origin_;
  size_t at_ = 0;
  int64_t depth_ = 0;
  int64_t entries_ = 0;
  int64_t dots_ = 0;
};

}  // namespace

void check_toml_bounds(std::string_view text, const std::string& origin) {
  TomlWalk(text, origin).go();
}

void check_json_bounds(std::string_view text, const std::string& origin) {
  int64_t depth = 0;
  bool in_string = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"') in_string = !in_string;
    if (in_string && c == '\\') ++i;
    if (in_string) continue;
    if (c == ']' || c == '}') --depth;
    if ((c == '[' || c == '{') && ++depth > most_json_levels)
      throw BadInput(
          fmt::format("Reading {}: expected JSON of at most {} levels, found more. The file is not one that "
                      "Refract wrote.",
                      origin, most_json_levels));
  }
}

}  // namespace refract
