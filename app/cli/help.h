// Help texts: of the program, and what follows the arguments of a command.
#pragma once

#include <string>

#include "app/cli/command.h"

namespace refract {

std::string general_help();

// Puts the command's details and examples below its help, after what the command itself put there.
void add_examples(CLI::App& app, const Command& command);

}  // namespace refract
