// From the words of the command line to a command's result and the exit code.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "app/cli/command.h"

namespace refract {

// Parses `words`, which follow the program's own name, runs the command and prints. Returns the exit code: 0; 1 where
// the machine failed; 2 where what the user gave cannot be used; 128 + the number of a signal that stopped a
// training. `prepare` is called first; what it throws is told in the same way. Never throws.
int run_program(const std::string& program, const std::vector<std::string>& words,
                const std::function<void()>& prepare = {});

// What `refract COMMAND --help` prints.
std::string command_help(const Command& command);

// The words as a shell would take them.
std::string shell_quoted(const std::vector<std::string>& words);

}  // namespace refract
