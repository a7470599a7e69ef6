#include "app/cli/help.h"

#include <fmt/format.h>

#include <CLI/App.hpp>

#include "app/cli/terminal.h"

namespace refract {

std::string general_help() {
  std::vector<std::vector<std::string>> rows = {{"Commands:", ""}};
  for (const Command& command : commands())
    if (!command.examples.empty()) rows.push_back({"  " + command.name, command.summary});
  return fmt::format(
      "Refract learns what varies in your images or table rows but not in a reference set.\n\n"
      "Usage: refract COMMAND ...\n\n"
      "{}\n"
      "`refract COMMAND --help` shows the arguments of a command, with examples that work after `make demo`.\n"
      "`refract train METHOD --help` and `refract options NAME` show the options of a method or a data set.\n"
      "After `make demo` or `make build` the program is bin/refract.\n"
      "Exit codes: 0 for success, 1 if the machine failed, 2 if the input cannot be used, 130 after Ctrl-C\n"
      "(128 plus the number of the signal).\n",
      table_text(rows));
}

void add_examples(CLI::App& app, const Command& command) {
  std::string text = command.details.empty() ? "" : command.details + "\n\n";
  text += command.examples.size() == 1 ? "Example:\n" : "Examples:\n";
  for (const std::string& example : command.examples) text += "  " + example + "\n";
  app.footer(text);
}

}  // namespace refract
