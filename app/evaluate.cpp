#include <fmt/format.h>

#include <CLI/App.hpp>
#include <memory>
#include <sstream>

#include "app/commands.h"
#include "app/complete_run.h"
#include "refract/core/errors.h"
#include "refract/train/run.h"

namespace refract {
namespace {

struct Arguments {
  std::string run;
  std::string metrics = "all";
};

Action declare(CLI::App& app) {
  const auto arguments = std::make_shared<Arguments>();
  app.add_option("RUN", arguments->run, "folder of a trained run")->type_name("")->required();
  app.add_option("--metrics", arguments->metrics,
                 "metrics by name, separated by commas; all takes those the data can serve")
      ->type_name("NAMES");
  return [arguments](const Invocation& invocation) {
    return complete_run(arguments->run, arguments->metrics, invocation);
  };
}

}  // namespace

Command evaluate_command() {
  return {"evaluate",
          "Measure a trained run again, draw its pictures and write its report.",
          "`refract train` does this at its end; `refract list metrics` shows the metrics.",
          {"bin/refract evaluate runs/demo", "bin/refract evaluate runs/demo --metrics probe --json"},
          declare};
}

}  // namespace refract
