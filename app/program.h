// From the words of the command line to a command's result and the exit code.
#pragma once

#include <string>
#include <vector>

namespace refract {

// Parses, runs and prints. Returns the exit code: 0; 1 where the machine failed; 2 where what the user gave cannot be used;
// 130 where SIGINT ended a training. Never throws.
int run_program(const std::vector<std::string>& words);

// The words as a shell would take them.
std::string shell_quoted(const std::vector<std::string>& words);

}  // namespace refract
