// Where a data set's files lie.
#pragma once

#include <filesystem>
#include <string>

namespace refract {

// `given` where it is not empty, else what the environment variable names, else `usual`.
std::filesystem::path place_of(const std::string& given, const char* variable, const std::filesystem::path& usual);

}  // namespace refract
