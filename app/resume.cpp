#include <CLI/App.hpp>
#include <memory>

#include "app/commands.h"
#include "app/training.h"
#include "app/work_progress.h"

namespace refract {
namespace {

struct Arguments {
  std::string run;
  Ending ending;
};

Action declare(CLI::App& app) {
  const auto arguments = std::make_shared<Arguments>();
  app.add_option("RUN", arguments->run, "folder of the run")->type_name("")->required();
  arguments->ending.declare(app);
  return [arguments](const Invocation& invocation) {
    arguments->ending.check();
    OpenedRun opened = resume_run(arguments->run, shown_progress());
    arguments->ending.check(opened.data.get());
    return train_to_the_end(opened, arguments->ending, invocation);
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
