// Where a data set's files lie.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "refract/core/options.h"

namespace refract {

// `given` where it is not empty, else what the environment variable names, else `usual`.
std::filesystem::path place_of(const std::string& given, const char* variable, const std::filesystem::path& usual);

// Whether an option of a data set says where its files lie: "unlabelled", "reference", "table", and names that end in
// _dir or _file.
bool is_place(const Option& option);

// For such an option: the variable of the environment that stands for it ("MNIST_DIR" for mnist_dir), and for a folder
// the usual place below the working directory ("data/mnist"), else "".
std::string variable_of(std::string_view option);
std::filesystem::path usual_place(std::string_view option);

}  // namespace refract
