#include "refract/data/files/place.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>

namespace refract {

std::filesystem::path place_of(const std::string& given, const char* variable, const std::filesystem::path& usual) {
  if (!given.empty()) return given;
  const char* named = std::getenv(variable);
  return named != nullptr ? std::filesystem::path(named) : usual;
}

bool is_place(const Option& option) {
  const std::string_view name = option.name;
  return name == "unlabelled" || name == "reference" || name == "table" || name.ends_with("_dir") ||
         name.ends_with("_file");
}

std::string variable_of(std::string_view option) {
  std::string name(option);
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::toupper(c); });
  return name;
}

std::filesystem::path usual_place(std::string_view option) {
  constexpr std::string_view ending = "_dir";
  if (!option.ends_with(ending)) return {};
  return std::filesystem::path("data") / option.substr(0, option.size() - ending.size());
}

}  // namespace refract
