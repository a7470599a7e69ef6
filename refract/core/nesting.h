// Bounds on text that a parser is given: parsers call themselves for each level, and some take the square of a length.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace refract {

constexpr size_t most_toml_bytes = size_t{1} << 16;  // of a file of options; those that the program writes have 2,000

// Throws BadInput, naming `origin` and the line, where TOML has brackets or dotted names of more than 8 levels, or a
// list of more than 1,000 entries. Whether the text is TOML is left to the parser.
void check_toml_bounds(std::string_view text, const std::string& origin);

// Throws BadInput, naming `origin`, where JSON is nested deeper than 64 levels.
void check_json_bounds(std::string_view text, const std::string& origin);

}  // namespace refract
