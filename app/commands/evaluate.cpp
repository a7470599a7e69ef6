#include <CLI/App.hpp>
#include <memory>

#include "app/cli/option_flags.h"
#include "app/cli/terminal.h"
#include "app/cli/work_progress.h"
#include "app/commands/commands.h"
#include "app/commands/complete_run.h"
#include "app/commands/evaluation_flags.h"
#include "refract/train/run.h"

namespace refract {
namespace {

struct EvaluateArguments {
  std::string run;
  EvaluationFlags flags;
  KeyValues places;
};

Action declare_evaluate(CLI::App& app) {
  const auto arguments = std::make_shared<EvaluateArguments>();
  app.add_option("RUN", arguments->run, "folder of a trained run")->type_name("")->required();
  arguments->flags.declare(
      app,
      "names of metrics, separated by commas; usual: those at the end of a training; all: all that the data allow");
  add_colour_flag(app, arguments->places);
  add_place_flags(app, arguments->places);
  return [arguments](const Invocation& invocation) {
    arguments->flags.check();
    OpenedRun opened = open_run(arguments->run, true, arguments->places, shown_progress());
    for (const std::string& note : opened.notes) say(note);
    return complete_run(opened, arguments->flags, invocation);
  };
}

}  // namespace

Command evaluate_command() {
  return {"evaluate",
          "Measure a trained run again, draw its pictures and write its report.",
          "`refract train` does this at its end. `refract list metrics` shows the metrics. Metrics that compare\n"
          "codes with factors, such as mig, take minutes and are not among the usual ones. Metrics of generated\n"
          "samples, such as fid, use a classifier that is trained on the data. Train a good one once, and give it to\n"
          "all evaluations with `--classifier RUN`. The report keeps the tables of other metrics.",
          {"bin/refract evaluate runs/demo", "bin/refract evaluate runs/demo --metrics probe --json",
           "bin/refract evaluate runs/demo --metrics factor-vae-score,mig",
           "bin/refract evaluate runs/demo --metrics inception-score,fid --classifier runs/judge"},
          declare_evaluate};
}

}  // namespace refract
