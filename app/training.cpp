#include "app/training.h"

#include <fmt/format.h>

#include <chrono>

#include "app/complete_run.h"
#include "app/interrupt.h"
#include "app/program.h"
#include "app/progress.h"
#include "app/terminal.h"
#include "refract/train/trainer.h"

namespace refract {
namespace {

constexpr int interrupted_status = 130;  // 128 + SIGINT, as shells have it

Outcome train_with_progress(OpenedRun& opened, TrainingProgress& last) {
  const StopOnSignal signals;
  ProgressLine line;
  const auto report = [&](const TrainingProgress& progress) {
    line.show(progress);
    last = progress;
  };
  return train(*opened.method, *opened.data, *opened.settings, opened.run, opened.checkpoint.step,
               {report, &StopOnSignal::requested()});
}

Result interrupted(const OpenedRun& opened, const Invocation& invocation, Json json) {
  const std::string resume = shell_quoted({invocation.program, "resume", opened.run.path().string()});
  json["resume"] = resume;
  say(fmt::format("Stopped; the checkpoint is written. To go on: {}", resume));
  return {"", std::move(json), interrupted_status};
}

}  // namespace

Result train_to_the_end(OpenedRun& opened, bool evaluation, const Invocation& invocation) {
  using Clock = std::chrono::steady_clock;
  const std::string directory = opened.run.path().string();
  for (const std::string& note : opened.notes) say(note);
  const auto start = Clock::now();
  TrainingProgress last;
  const Outcome outcome = train_with_progress(opened, last);
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();

  Json json = {{"run", directory},
               {"outcome", outcome == Outcome::finished ? "finished" : "interrupted"},
               {"step", last.step},
               {"steps", last.steps},
               {"seconds", seconds}};
  if (outcome == Outcome::interrupted) return interrupted(opened, invocation, std::move(json));
  say(fmt::format("Trained {} steps in {}.", last.steps, duration_text(seconds)));
  if (!evaluation) return {fmt::format("The model is in {}.\n", directory), std::move(json)};
  Result completed = complete_run(opened.run.path(), "all", invocation);
  json.update(completed.json);
  return {completed.text, std::move(json)};
}

}  // namespace refract
