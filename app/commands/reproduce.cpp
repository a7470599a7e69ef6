#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/App.hpp>
#include <algorithm>
#include <memory>
#include <thread>

#include "app/cli/interrupt.h"
#include "app/cli/option_flags.h"
#include "app/cli/program.h"
#include "app/cli/terminal.h"
#include "app/cli/work_progress.h"
#include "app/commands/commands.h"
#include "app/study/job_queue.h"
#include "app/study/study_table.h"
#include "app/study/study_work.h"
#include "refract/core/errors.h"
#include "refract/core/files.h"
#include "refract/core/text.h"
#include "refract/train/run.h"

namespace refract {
namespace {

struct ReproduceArguments {
  std::string study, budget, out;
  std::vector<std::string> only;
  int64_t seeds = 1;
  int64_t processes = 0;
  bool dry_run = false;
};

void check_rows(const Study& study, const std::vector<std::string>& keys) {
  std::vector<std::string> known;
  for (const StudyRow& row : study.rows) known.push_back(row.key);
  for (const std::string& key : keys)
    if (std::find(known.begin(), known.end(), key) == known.end())
      throw BadInput(fmt::format("Reproducing {} with --only: expected rows of the study ({}), found '{}'.", study.name,
                                 fmt::join(known, ", "), key));
}

// What the study takes, without doing anything.
Result shown(const StudyPlan& plan, StudyWork& work) {
  std::vector<std::vector<std::string>> rows = {{"run", "state", "steps", "time", "options"}};
  Json json = Json::array();
  for (const Job& job : plan.first_jobs()) {
    const bool done = finished_table(plan, job).has_value();
    const double seconds = done ? 0 : work.seconds(job);
    const auto settings = settings_of(job);
    std::string options;  // method, data and those of the budget come first
    for (size_t i = 2 + plan.budget.options.size(); i < job.options.size(); ++i)
      options += fmt::format("{}={} ", job.options[i].first, job.options[i].second);
    rows.push_back({job.name, done ? "done" : "to do", std::to_string(settings->train.steps),
                    done ? "" : duration_text(seconds), options});
    json.push_back({{"run", job.name}, {"done", done}, {"seconds", seconds}, {"steps", settings->train.steps}});
  }
  std::string text = "All:";
  for (const auto& [key, value] : plan.budget.options) text += fmt::format(" {}={}", key, value);
  text += "\n" + table_text(rows);
  double total = work.seconds_left();
  if (plan.seeds > 1) {
    std::vector<double> more;
    for (size_t row = 0; row < plan.study.rows.size(); ++row)
      if (plan.includes(plan.study.rows[row]))
        more.insert(more.end(), static_cast<size_t>(plan.seeds - 1), work.seconds(plan.job(row, 1, 2)));
    std::sort(more.rbegin(), more.rend());
    text += fmt::format("Then seeds 2 to {}, each with the best value of every sweep.\n", plan.seeds);
    total += queue_seconds(more, work.at_once());
  }
  text += fmt::format("About {} in all, in {}.\n", duration_text(total), plan.folder.string());
  return {text, {{"runs", json}, {"seconds", total}}};
}

Result finished(const StudyPlan& plan, const std::vector<double>& chosen) {
  const StudyTable table = study_table(plan, chosen);
  const std::filesystem::path markdown = plan.folder / "table.md";
  write_file(markdown, to_markdown(table));
  write_file(plan.folder / "table.json", to_json(table).dump(2) + "\n");
  return {fmt::format("{}The table: {}\n", to_text(table), markdown.string()), to_json(table)};
}

std::string trainings(const StudyWork& work) {
  return fmt::format("{} training{}", work.missing().size(), work.missing().size() == 1 ? "" : "s");
}

Result interrupted(const Invocation& invocation, const StudyPlan& plan) {
  const std::string after_name = invocation.command_line.substr(invocation.command_line.find(' '));
  say(fmt::format("Stopped; every training has written a checkpoint. To go on: {}{}",
                  shell_quoted({invocation.program}), after_name));
  return {"", {{"outcome", "interrupted"}, {"folder", plan.folder.string()}}, StopOnSignal::status()};
}

Result reproduce(const ReproduceArguments& arguments, const Invocation& invocation) {
  const Study& study = refract::study(arguments.study);
  const Budget& budget = arguments.budget.empty() ? study.budgets.front() : budget_of(study, arguments.budget);
  if (arguments.seeds < 1) throw BadInput(fmt::format("--seeds: expected 1 or more, found {}.", arguments.seeds));
  check_rows(study, arguments.only);
  const std::string folder = arguments.out.empty() ? fmt::format("runs/{}-{}", study.name, budget.name) : arguments.out;
  StudyPlan plan{study, budget, arguments.seeds, arguments.only, folder};
  plan.data = settings_of(plan.first_jobs().front())->data_recipe.make(shown_progress())->info();
  if (!plan.data->note.empty()) say(plan.data->note);
  const auto cores = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  const int at_once = arguments.processes > 0 ? static_cast<int>(arguments.processes) : cores;

  StudyWork first(plan, at_once);
  first.add(plan.first_jobs());
  if (arguments.dry_run) return shown(plan, first);
  if (std::filesystem::exists(folder) && !std::filesystem::is_directory(folder))
    throw BadInput(fmt::format("Reproducing {}: expected a folder, found the file {}.", study.name, folder));
  std::filesystem::create_directories(folder);
  const RunLock lock(folder);
  say(fmt::format("{}: {} to do, {} at a time, about {}.", study.name, trainings(first), at_once,
                  duration_text(first.seconds_left())));
  std::vector<std::string> failed;
  if (!first.run(failed)) return interrupted(invocation, plan);
  const auto refuse = [&] {
    if (!failed.empty())
      throw Error(fmt::format("Reproducing {}: {} of the trainings failed. Their logs say why: {}", study.name,
                              failed.size(), fmt::join(failed, ", ")));
  };
  refuse();
  const std::vector<double> chosen = chosen_values(plan);
  StudyWork later(plan, at_once);
  later.add(plan.later_jobs(chosen));
  if (!later.missing().empty())
    say(fmt::format("The other seeds: {}, about {}.", trainings(later), duration_text(later.seconds_left())));
  if (!later.run(failed)) return interrupted(invocation, plan);
  refuse();
  return finished(plan, chosen);
}

std::string table_of_studies() {
  std::string text = "Studies:\n";
  for (const Study& study : studies()) {
    text += fmt::format("  {}\n      {} ({})\n", study.name, study.summary, study.source);
    for (const Budget& budget : study.budgets)
      text += fmt::format("      --budget {:8} {}\n", budget.name, budget.meaning);
  }
  return text;
}

Action declare_reproduce(CLI::App& app) {
  const auto arguments = std::make_shared<ReproduceArguments>();
  app.add_option("STUDY", arguments->study, "table to reproduce")->type_name("")->required();
  app.add_option("--budget", arguments->budget,
                 "sizes of images and networks, and number of steps (default: the first below)")
      ->type_name("NAME");
  app.add_option("--seeds", arguments->seeds, "number of trainings for each row, with seeds 1, 2, ...")->type_name("N");
  add_names(app, "--only", arguments->only,
            "names of rows, separated by commas: names of methods, or as --dry-run shows (all)");
  app.add_option("--out", arguments->out, "folder of all runs (default: runs/STUDY-BUDGET)")->type_name("DIR");
  app.add_option("--processes", arguments->processes, "number of trainings at a time (default: one per core)")
      ->type_name("N");
  app.add_flag("--dry-run,--dry_run", arguments->dry_run, "show the plan and its time on this machine, and stop");
  app.footer([] { return table_of_studies(); });
  return [arguments](const Invocation& invocation) { return reproduce(*arguments, invocation); };
}

}  // namespace

Command reproduce_command() {
  return {"reproduce",
          "Reproduce a table of a paper: train and measure its methods, and show the paper's numbers beside them.",
          "Each core runs one training. An interruption loses nothing: the same command continues, and finished\n"
          "trainings are not repeated. Weights that a paper varies are chosen on the fitting split, never by the\n"
          "scores shown.",
          {"bin/refract reproduce rbvae-table1-mnist --budget hour --dry-run"},
          declare_reproduce};
}

}  // namespace refract
