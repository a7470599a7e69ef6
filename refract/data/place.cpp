#include "refract/data/place.h"

#include <cstdlib>

namespace refract {

std::filesystem::path place_of(const std::string& given, const char* variable, const std::filesystem::path& usual) {
  if (!given.empty()) return given;
  const char* named = std::getenv(variable);
  return named != nullptr ? std::filesystem::path(named) : usual;
}

}  // namespace refract
