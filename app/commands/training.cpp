#include "app/commands/training.h"

#include <fmt/format.h>

#include <CLI/App.hpp>
#include <chrono>

#include "app/cli/interrupt.h"
#include "app/cli/program.h"
#include "app/cli/progress.h"
#include "app/cli/step_estimate.h"
#include "app/cli/terminal.h"
#include "app/commands/complete_run.h"
#include "refract/core/text.h"
#include "refract/data/found.h"
#include "refract/train/machine.h"
#include "refract/train/trainer.h"

namespace refract {
namespace {

// What it will take, where there is something left to do. A GPU is not asked.
Json say_estimate(const OpenedRun& opened) {
  if (!device_of(opened.settings->train).is_cpu()) return nullptr;
  const StepEstimate estimate = estimate_step(opened);
  if (estimate.steps == 0) return nullptr;
  say(estimate_text(estimate));
  return {{"step_seconds", estimate.seconds}, {"memory_bytes", estimate.bytes}};
}

Outcome train_with_progress(OpenedRun& opened) {
  const StopOnSignal signals;
  ProgressLine line;
  const auto report = [&line](const TrainingProgress& progress) { line.show(progress); };
  return train(*opened.method, *opened.data, *opened.settings, opened.run, opened.checkpoint.step,
               {report, &StopOnSignal::requested()});
}

}  // namespace

void Ending::declare(CLI::App& app) {
  evaluation.declare(app, "metrics at the end, as in `refract evaluate` (usual)");
  app.add_flag("--no-evaluation,--no_evaluation", nothing, "skip metrics, pictures and report");
}

void Ending::check(const DataSource* data, const Model* model) const {
  if (!nothing) evaluation.check(data, model);
}

Result train_to_the_end(OpenedRun& opened, const Ending& ending, const Invocation& invocation) {
  using Clock = std::chrono::steady_clock;
  say(found_text(*opened.data));
  for (const std::string& note : opened.notes) say(note);
  const std::filesystem::path before = opened.run.path();
  const Json estimate = say_estimate(opened);
  const auto start = Clock::now();
  const Outcome outcome = train_with_progress(opened);
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  const std::string directory = opened.run.path().string();
  if (opened.run.path() != before)
    say(fmt::format("The run was moved from {} to {} during training.", before.string(), directory));
  const int64_t from = opened.checkpoint.step;
  opened.checkpoint = inspect_checkpoint(opened.run.checkpoints().back());
  const int64_t step = opened.checkpoint.step;

  Json json = {
      {"run", directory}, {"outcome", "finished"}, {"step", step}, {"seconds", seconds}, {"estimate", estimate}};
  if (outcome == Outcome::interrupted) {
    const std::string resume = shell_quoted({invocation.program, "resume", directory});
    say(fmt::format("Stopped after step {}; the checkpoint is written. To go on: {}", step, resume));
    json.update({{"outcome", "interrupted"}, {"resume", resume}});
    return {"", std::move(json), StopOnSignal::status()};
  }
  say(step == from ? fmt::format("Training was complete already, with {} steps.", step)
                   : fmt::format("Trained to step {} in {}.", step, duration_text(seconds)));
  if (ending.nothing) return {fmt::format("The model is in {}.\n", directory), std::move(json)};
  Result completed = complete_run(opened, ending.evaluation, invocation);
  json.update(completed.json);
  return {completed.text, std::move(json)};
}

}  // namespace refract
