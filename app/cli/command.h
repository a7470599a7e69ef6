// A command of the program, as the general help, the parser, the documentation and the tests see it.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace refract {

using Json = nlohmann::ordered_json;

// What a command found, for people and for programs; the program prints one of the two on standard output. Everything
// else that a command has to say goes to standard error.
struct Result {
  std::string text;  // lines, each ended
  Json json;
  int status = 0;  // exit code of the program
};

// How the program was called.
struct Invocation {
  std::string program;       // what the user types for this program: "bin/refract"
  std::string command_line;  // as a shell would take it
  bool json = false;
};

using Action = std::function<Result(const Invocation&)>;

struct Command {
  std::string name;  // one word, or two for a command below another: "data render"
  std::string summary;
  std::string details;                // what else there is to know, wrapped by hand; "" where the summary is enough
  std::vector<std::string> examples;  // each works when pasted after `make demo`
  Action (*declare)(CLI::App&);       // adds the arguments; the action runs once they are parsed
};

// In the order of the general help. Those without an example are hidden: they serve the project itself.
const std::vector<Command>& commands();

}  // namespace refract
