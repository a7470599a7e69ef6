#include "refract/core/about.h"

#include <fmt/format.h>

namespace refract {

std::string about(const std::filesystem::path& file, const std::string& message) {
  if (message.find(file.string()) != std::string::npos) return message;
  return fmt::format("{} The file is {}.", message, file.string());
}

}  // namespace refract
