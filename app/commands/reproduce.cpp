#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/App.hpp>
#include <algorithm>
#include <iterator>
#include <memory>
#include <thread>

#include "app/cli/interrupt.h"
#include "app/cli/option_flags.h"
#include "app/cli/program.h"
#include "app/cli/terminal.h"
#include "app/cli/work_progress.h"
#include "app/commands/commands.h"
#include "app/study/job_queue.h"
#include "app/study/study_parts.h"
#include "app/study/study_table.h"
#include "app/study/study_work.h"
#include "refract/core/errors.h"
#include "refract/core/files.h"
#include "refract/core/text.h"
#include "refract/train/run.h"

namespace refract {
namespace {

struct ReproduceArguments {
  std::string study, out;
  StudyRequest wanted;
  int64_t processes = 0;
  bool dry_run = false;
};

using Rows = std::vector<std::vector<std::string>>;

// Method, data and the options of the budget come first.
std::string own_options(const StudyPlan& plan, const Job& job) {
  const auto own = std::next(job.options.begin(), 2 + std::ssize(plan.budget.options));
  return pairs_text({own, job.options.end()});
}

// Trainings as rows of a table and for programs.
void show_jobs(const StudyPlan& plan, const std::vector<Job>& jobs, StudyWork& work, Rows& rows, Json& json) {
  for (const Job& job : jobs) {
    const bool done = finished_tables(plan, job).has_value();
    const double seconds = done ? 0 : work.seconds(plan, job);
    const int64_t steps = settings_of(job)->train.steps;
    rows.push_back({plan.shown(job), done ? "done" : "to do", std::to_string(steps), done ? "" : duration_text(seconds),
                    own_options(plan, job)});
    json.push_back({{"run", plan.shown(job)}, {"done", done}, {"seconds", seconds}, {"steps", steps}});
  }
}

// The time of each training of the other seeds.
std::vector<double> later_seconds(const std::vector<StudyPlan>& plans, StudyWork& work) {
  std::vector<double> all;
  for (const StudyPlan& plan : plans)
    for (const StudyRow& row : plan.study.rows)
      if (plan.includes(row))
        all.insert(all.end(), static_cast<size_t>(plan.seeds - 1), work.seconds(plan, plan.job(row, 1, 2)));
  std::sort(all.rbegin(), all.rend());
  return all;
}

// The trainings that are missing before a sweep's values can be chosen.
struct FirstWork {
  explicit FirstWork(int at_once) : judges(at_once), rows(at_once) {}
  StudyWork judges, rows;  // in this order

  [[nodiscard]] size_t trainings() const { return judges.missing().size() + rows.missing().size(); }
  [[nodiscard]] double seconds_left() { return judges.seconds_left() + rows.seconds_left(); }
};

// What the study takes, without doing anything.
Result shown(const std::vector<StudyPlan>& plans, FirstWork& first, const std::filesystem::path& folder) {
  Rows rows = {{"run", "state", "steps", "time", "options"}};
  Json json = Json::array();
  std::string text;
  for (const StudyPlan& plan : plans) {
    show_jobs(plan, plan.judge_jobs(), first.judges, rows, json);
    show_jobs(plan, plan.first_jobs(), first.rows, rows, json);
    text += fmt::format("All{}: {}\n", plan.part.empty() ? "" : fmt::format(" of {}", plan.part),
                        pairs_text(plan.budget.options));
  }
  text += table_text(rows);
  double total = first.seconds_left();
  if (const int64_t seeds = plans.front().seeds; seeds > 1) {
    text += fmt::format("Then seeds 2 to {}, each with the best value of every sweep.\n", seeds);
    total += queue_seconds(later_seconds(plans, first.rows), first.rows.at_once());
  }
  text += fmt::format("About {} in all, in {}.\n", duration_text(total), folder.string());
  return {text, {{"runs", json}, {"seconds", total}}};
}

using Chosen = std::vector<std::vector<double>>;  // of each plan

Result finished(const Study& study, const std::vector<StudyPlan>& plans, const Chosen& chosen,
                const std::filesystem::path& folder) {
  std::vector<PartTable> tables;
  for (size_t i = 0; i < plans.size(); ++i) tables.push_back({plans[i].part, study_table(plans[i], chosen[i])});
  const std::filesystem::path markdown = folder / "table.md";
  const Json json = to_json(study, tables);
  write_file(markdown, to_markdown(tables));
  write_file(folder / "table.json", json.dump(2) + "\n");
  return {fmt::format("{}The table: {}\n", to_text(tables), markdown.string()), json};
}

std::string trainings(size_t count) {
  return fmt::format("{} training{}", count, count == 1 ? "" : "s");
}

Result interrupted(const Invocation& invocation, const std::filesystem::path& folder) {
  const std::string after_name = invocation.command_line.substr(invocation.command_line.find(' '));
  say(fmt::format("Stopped; every training has written a checkpoint. To go on: {}{}",
                  shell_quoted({invocation.program}), after_name));
  return {"", {{"outcome", "interrupted"}, {"folder", folder.string()}}, StopOnSignal::status()};
}

// False after a signal.
bool run_or_refuse(StudyWork& work, const Study& study) {
  std::vector<std::string> failed;
  const bool whole = work.run(failed);
  if (whole && !failed.empty())
    throw Error(fmt::format("Reproducing {}: {} of the trainings failed. Their logs say why: {}", study.name,
                            failed.size(), fmt::join(failed, ", ")));
  return whole;
}

Result reproduce(const ReproduceArguments& arguments, const Invocation& invocation) {
  const Study& study = refract::study(arguments.study);
  StudyRequest wanted = arguments.wanted;
  wanted.folder = arguments.out;
  const std::filesystem::path folder = folder_of(study, wanted);
  std::vector<StudyPlan> plans = plans_of(study, wanted);
  find_data(study, plans, shown_progress());
  for (const StudyPlan& plan : plans)
    if (!plan.data->note.empty()) say(plan.data->note);
  const auto cores = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  const int at_once = arguments.processes > 0 ? static_cast<int>(arguments.processes) : cores;

  FirstWork first(at_once);
  for (const StudyPlan& plan : plans) {
    first.judges.add(plan, plan.judge_jobs());
    first.rows.add(plan, plan.first_jobs());
  }
  if (arguments.dry_run) return shown(plans, first, folder);
  if (std::filesystem::exists(folder) && !std::filesystem::is_directory(folder))
    throw BadInput(fmt::format("Reproducing {}: expected a folder, found the file {}.", study.name, folder.string()));
  std::filesystem::create_directories(folder);
  const RunLock lock(folder);
  say(fmt::format("{}: {} to do, {} at a time, about {}.", study.name, trainings(first.trainings()), at_once,
                  duration_text(first.seconds_left())));
  if (!run_or_refuse(first.judges, study) || !run_or_refuse(first.rows, study)) return interrupted(invocation, folder);
  Chosen chosen;
  StudyWork later(at_once);
  for (const StudyPlan& plan : plans) {
    chosen.push_back(chosen_values(plan));
    later.add(plan, plan.later_jobs(chosen.back()));
  }
  if (!later.missing().empty())
    say(fmt::format("The other seeds: {}, about {}.", trainings(later.missing().size()),
                    duration_text(later.seconds_left())));
  if (!run_or_refuse(later, study)) return interrupted(invocation, folder);
  return finished(study, plans, chosen, folder);
}

std::string table_of_studies() {
  std::string text = "Studies:\n";
  for (const Study& study : studies()) {
    std::vector<std::string> names = {study.name};
    names.insert(names.end(), study.also.begin(), study.also.end());
    text += fmt::format("  {}\n      {} ({})\n", fmt::join(names, ", "), study.summary, study.source);
    for (const Budget& budget : parts_of(study).front()->budgets)
      text += fmt::format("      --budget {:8} {}\n", budget.name, budget.meaning);
    for (const Study& part : study.parts) text += fmt::format("      --parts {:9} {}\n", part.name, part.summary);
  }
  return text;
}

Action declare_reproduce(CLI::App& app) {
  const auto arguments = std::make_shared<ReproduceArguments>();
  app.add_option("STUDY", arguments->study, "table to reproduce")->type_name("")->required();
  app.add_option("--budget", arguments->wanted.budget,
                 "sizes of images and networks, and number of steps (default: the first below)")
      ->type_name("NAME");
  app.add_option("--seeds", arguments->wanted.seeds, "number of trainings for each row, with seeds 1, 2, ...")
      ->type_name("N");
  add_names(app, "--parts", arguments->wanted.parts,
            "parts of a study with several data sets, separated by commas (all)");
  add_names(app, "--only", arguments->wanted.only,
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
          "scores shown.\n"
          "A study with parts trains on several data sets and shows one table for each. All data sets must be there,\n"
          "unless --parts names some of them. A study of samples first trains a classifier on each data set. This\n"
          "classifier judges the samples of all rows and seeds. Several names on a line are names of one study, whose\n"
          "trainings make several tables of the paper.",
          {"bin/refract reproduce rbvae-table1-mnist --budget hour --dry-run"},
          declare_reproduce};
}

}  // namespace refract
