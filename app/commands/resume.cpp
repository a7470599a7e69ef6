#include <CLI/App.hpp>
#include <memory>

#include "app/cli/option_flags.h"
#include "app/cli/work_progress.h"
#include "app/commands/commands.h"
#include "app/commands/training.h"

namespace refract {
namespace {

struct ResumeArguments {
  std::string run;
  Resumption changes;
  Ending ending;
};

Action declare_resume(CLI::App& app) {
  const auto arguments = std::make_shared<ResumeArguments>();
  app.add_option("RUN", arguments->run, "folder of the run")->type_name("")->required();
  app.add_option("--steps", arguments->changes.steps,
                 "new number of steps of the whole training, to extend or to shorten it")
      ->type_name("COUNT")
      ->check(CLI::Range(int64_t{1}, int64_t{1000000000}));
  arguments->ending.declare(app);
  add_place_flags(app, arguments->changes.places);
  return [arguments](const Invocation& invocation) {
    arguments->ending.check();
    OpenedRun opened = resume_run(arguments->run, arguments->changes, shown_progress());
    arguments->ending.check(opened.data.get(), opened.method.get());
    return train_to_the_end(opened, arguments->ending, invocation);
  };
}

}  // namespace

Command resume_command() {
  return {"resume",
          "Continue an interrupted training, or train beyond its end.",
          "Training continues from the newest checkpoint. It ends with the same weights, bit for bit, as without\n"
          "the interruption (on the CPU, with the same number of threads and the same version of LibTorch). --steps\n"
          "is recorded in the run. The learning rate is then full again and falls over the last part of the new\n"
          "number of steps.",
          {"bin/refract resume runs/demo", "bin/refract resume runs/demo --steps 20000"},
          declare_resume};
}

}  // namespace refract
