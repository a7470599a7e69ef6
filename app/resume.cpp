#include <CLI/App.hpp>
#include <memory>

#include "app/commands.h"
#include "app/training.h"

namespace refract {
namespace {

struct Arguments {
  std::string run;
  bool no_evaluation = false;
};

Action declare(CLI::App& app) {
  const auto arguments = std::make_shared<Arguments>();
  app.add_option("RUN", arguments->run, "folder of the run")->type_name("")->required();
  app.add_flag("--no-evaluation,--no_evaluation", arguments->no_evaluation, "leave out metrics, pictures and report");
  return [arguments](const Invocation& invocation) {
    OpenedRun opened = resume_run(arguments->run);
    return train_to_the_end(opened, !arguments->no_evaluation, invocation);
  };
}

}  // namespace

Command resume_command() {
  return {"resume",
          "Go on with a training that was interrupted.",
          "Training goes on from the newest checkpoint and ends with the same weights, bit for bit, as without the\n"
          "interruption (on the CPU, at the same number of threads and LibTorch version).",
          {"bin/refract resume runs/demo"},
          declare};
}

}  // namespace refract
