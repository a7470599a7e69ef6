#include <CLI/App.hpp>
#include <memory>

#include "app/cli/option_flags.h"
#include "app/commands/commands.h"
#include "refract/core/text.h"
#include "refract/train/settings.h"

namespace refract {
namespace {

Options options_of(const std::string& name) {
  std::vector<std::string> names;
  for (const MethodEntry& entry : methods()) {
    if (entry.name == name) return entry.recipe().options;
    names.push_back(entry.name);
  }
  for (const DataEntry& entry : data_sets()) {
    if (entry.name == name) return entry.recipe().options;
    names.push_back(entry.name);
  }
  refuse_name("method or data set", name, names, "`refract list methods` and `refract list data` show all");
}

Action declare_options(CLI::App& app) {
  const auto name = std::make_shared<std::string>();
  app.add_option("NAME", *name, "method or data set; without it, the options of every training")->type_name("");
  return [name](const Invocation&) -> Result {
    const Options options = name->empty() ? TrainOptions{}.describe() : options_of(*name);
    return {options_table(options), options_json(options)};
  };
}

}  // namespace

Command options_command() {
  return {"options",
          "Show the options of a method or a data set, with default, range and meaning.",
          "Every option is a flag of `refract train`.",
          {"bin/refract options srbvae", "bin/refract options digit-style --json"},
          declare_options};
}

}  // namespace refract
