#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/App.hpp>
#include <memory>
#include <utility>

#include "app/cli/option_flags.h"
#include "app/cli/terminal.h"
#include "app/cli/work_progress.h"
#include "app/commands/commands.h"
#include "app/commands/complete_run.h"
#include "refract/core/errors.h"
#include "refract/eval/metric.h"
#include "refract/train/run.h"

namespace refract {
namespace {

struct EvaluateArguments {
  std::string run;
  std::vector<std::string> metrics = {usual_metrics};
  std::string classifier;
  GenerationOptions generation;
  KeyValues places;
};

// "person (11, 12, 13, ...: 38 values), hat (no, yes)"
std::string labels_text(const std::vector<Attribute>& attributes) {
  constexpr size_t shown = 3;
  std::string text;
  for (const Attribute& attribute : attributes) {
    std::vector<std::string> values = attribute.values;
    if (values.size() > shown) {
      values.resize(shown);
      values.push_back(fmt::format("...: {} values", attribute.values.size()));
    }
    text += fmt::format("{}{} ({})", text.empty() ? "" : ", ", attribute.name, fmt::join(values, ", "));
  }
  return text.empty() ? "none" : text;
}

// The model of a run on the same data as the one that is measured, with the same labels.
std::shared_ptr<const Model> classifier_of(const std::string& directory, const OpenedRun& measured) {
  OpenedRun run = open_run(directory, false);
  const DataInfo &its = run.trained_on, &wanted = measured.data->info();
  if (its.name != wanted.name || its.checksums != wanted.checksums)
    throw BadInput(
        fmt::format("Judging samples by the run {}: expected a classifier trained on the same data as {}, which are "
                    "{}, found one trained on {} or on other files of it. Train one: refract train classifier.",
                    directory, measured.run.path().string(), wanted.name, its.name));
  if (its.classes != wanted.classes || attributes_of(its) != attributes_of(wanted))
    throw BadInput(fmt::format(
        "Judging samples by the run {}: expected a classifier of the labels of {}, which are {}; found one "
        "of {}, or of others beyond these. Train one with the same options of the data: refract train "
        "classifier.",
        directory, measured.run.path().string(), labels_text(attributes_of(wanted)), labels_text(attributes_of(its))));
  return std::move(run.method);
}

Action declare_evaluate(CLI::App& app) {
  const auto arguments = std::make_shared<EvaluateArguments>();
  app.add_option("RUN", arguments->run, "folder of a trained run")->type_name("")->required();
  add_names(
      app, "--metrics", arguments->metrics,
      "names of metrics, separated by commas; usual: those at the end of a training; all: all that the data allow");
  app.add_option("--classifier", arguments->classifier,
                 "run of `refract train classifier` on the same data, which metrics of samples use (default: each "
                 "evaluation trains a small one)")
      ->type_name("RUN");
  app.add_option("--samples", arguments->generation.samples,
                 "largest number of examples of each kind that metrics of samples compare (5000)")
      ->type_name("N")
      ->check(CLI::Range(int64_t{2}, int64_t{1000000}));
  add_colour_flag(app, arguments->places);
  add_place_flags(app, arguments->places);
  return [arguments](const Invocation& invocation) {
    check_metrics(arguments->metrics);
    OpenedRun opened = open_run(arguments->run, true, arguments->places, shown_progress());
    for (const std::string& note : opened.notes) say(note);
    GenerationOptions generation = arguments->generation;
    if (!arguments->classifier.empty()) {
      generation.classifier = classifier_of(arguments->classifier, opened);
      generation.classifier_name = arguments->classifier;
    }
    return complete_run(opened, arguments->metrics, invocation, generation);
  };
}

}  // namespace

Command evaluate_command() {
  return {"evaluate",
          "Measure a trained run again, draw its pictures and write its report.",
          "`refract train` does this at its end. `refract list metrics` shows the metrics. Metrics that compare\n"
          "codes with factors, such as mig, take minutes and are not among the usual ones. Metrics of generated\n"
          "samples, such as fid, read them with a classifier of the data. Train a good one once, and give it to all\n"
          "evaluations with `--classifier RUN`. The report keeps its tables of other metrics.",
          {"bin/refract evaluate runs/demo", "bin/refract evaluate runs/demo --metrics probe --json",
           "bin/refract evaluate runs/demo --metrics factor-vae-score,mig",
           "bin/refract evaluate runs/demo --metrics inception-score,fid --classifier runs/judge"},
          declare_evaluate};
}

}  // namespace refract
