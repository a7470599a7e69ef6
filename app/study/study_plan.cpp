#include "app/study/study_plan.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "app/cli/command.h"
#include "app/study/study_metrics.h"
#include "refract/core/errors.h"
#include "refract/core/files.h"
#include "refract/core/nesting.h"
#include "refract/eval/metric.h"
#include "refract/eval/table.h"
#include "refract/report/judge_run.h"
#include "refract/report/run_report.h"
#include "refract/train/manifest.h"
#include "refract/train/run.h"
#include "refract/train/trainer.h"

namespace refract {
namespace {

void add(KeyValues& to, const KeyValues& more) {
  to.insert(to.end(), more.begin(), more.end());
}

// Named by the key of its row alone.
Job training_of(const StudyPlan& plan, const StudyRow& r, double value, int64_t seed) {
  Job job{r.key, &r, value, seed, {{"method", r.method}, {"data", plan.study.data}}};
  add(job.options, plan.budget.options);
  for (const auto& [method, options] : plan.budget.of_method)
    if (method == r.method) add(job.options, options);
  add(job.options, r.options);  // the row's own override those of its method
  for (const auto& [option, factor] : r.sweep.options)
    job.options.emplace_back(option, fmt::format("{}", factor * value));
  const auto steps = std::max<int64_t>(1, std::llround(r.effort * static_cast<double>(plan.budget.steps)));
  add(job.options, {{"steps", std::to_string(steps)}, {"seed", std::to_string(seed)}});
  return job;
}

std::filesystem::path judge_folder(const StudyPlan& plan) {
  return plan.folder / plan.study.judge->key;
}

// Whether all that the study reads of the job is there, measured by the judge that it has now.
bool is_whole(const StudyPlan& plan, const Job& job, const std::vector<MetricTable>& tables) {
  const std::string judge = judge_checksum_of(plan);
  return std::all_of(job.metrics.begin(), job.metrics.end(), [&](const std::string& name) {
    const MetricTable* table = table_of_metric(tables, name);
    const bool judged = plan.study.judge && metric(name).compare != nullptr;
    return table != nullptr && (!judged || (!judge.empty() && table->judge == judge));
  });
}

std::vector<double> values_of(const StudyRow& row) {
  return row.sweep.values.empty() ? std::vector<double>{0} : row.sweep.values;
}

void check_same_options(const Run& run, const StudyPlan& plan, const Job& job) {
  if (run.settings()->toml() == settings_of(plan, job)->toml()) return;
  throw BadInput(
      fmt::format("Reproducing {}: the run in {} was trained with other options than this study asks for now. Move it "
                  "away, or choose another folder with --out.",
                  job.name, run.path().string()));
}

void check_same_data(const Run& run, const DataInfo& now) {
  if (manifest_data(run.manifest(), run.manifest_file().string()).checksums == now.checksums) return;
  throw BadInput(
      fmt::format("Reproducing a table: the run in {} was trained on other files of {} than those found now. {}{}Put "
                  "them back, move the run away, or choose another folder with --out.",
                  run.path().string(), now.name, now.note, now.note.empty() ? "" : " "));
}

// Within the fitting split; measured once.
double selection_error(const StudyPlan& plan, const Job& job) {
  const std::filesystem::path file = plan.folder_of(job) / "selection.json";
  if (std::filesystem::exists(file)) {
    const std::string text = read_file(file);
    check_json_bounds(text, file.string());
    const Json kept = Json::parse(text, nullptr, false);
    if (kept.contains("error") && kept["error"].is_number() &&
        kept.value("step", int64_t{0}) == settings_of(job)->train.steps)
      return kept["error"].get<double>();
  }
  const OpenedRun opened = open_run(plan.folder_of(job), true);
  const double error = metric(plan.study.metric).error_within_fit(*opened.method, *opened.data, job.row->features);
  write_file(file, Json({{"error", error}, {"step", opened.checkpoint.step}}).dump(2) + "\n");
  return error;
}

}  // namespace

bool StudyPlan::includes(const StudyRow& row) const {
  return only.empty() || std::find(only.begin(), only.end(), row.key) != only.end();
}

Job StudyPlan::job(const StudyRow& row, double value, int64_t seed) const {
  Job job = training_of(*this, row, value, seed);
  if (!row.sweep.values.empty()) job.name += fmt::format("-{}", value);
  job.name += fmt::format("-seed{}", seed);
  job.metrics = metrics_of(study, rows_read(study, row));
  return job;
}

std::vector<Job> StudyPlan::judge_jobs() const {
  if (!study.judge) return {};
  return {training_of(*this, *study.judge, 0, 1)};
}

std::vector<Job> StudyPlan::first_jobs() const {
  std::vector<Job> jobs;
  for (const StudyRow& row : study.rows)
    if (includes(row))
      for (const double value : values_of(row)) jobs.push_back(job(row, value, 1));
  return jobs;
}

std::vector<Job> StudyPlan::later_jobs(const std::vector<double>& chosen) const {
  std::vector<Job> jobs;
  for (int64_t seed = 2; seed <= seeds; ++seed)
    for (size_t row = 0; row < study.rows.size(); ++row)
      if (includes(study.rows[row])) jobs.push_back(job(study.rows[row], chosen.at(row), seed));
  return jobs;
}

std::unique_ptr<Settings> settings_of(const Job& job) {
  auto settings = std::make_unique<Settings>(job.options.at(0).second, job.options.at(1).second);
  settings->set(job.options);
  return settings;
}

std::unique_ptr<Settings> settings_of(const StudyPlan& plan, const Job& job) {
  auto settings = settings_of(job);
  if (plan.data) settings->fill_from(*plan.data);
  return settings;
}

std::optional<std::vector<MetricTable>> finished_tables(const StudyPlan& plan, const Job& job) {
  if (!std::filesystem::exists(plan.folder_of(job))) return std::nullopt;
  const Run run = Run::open(plan.folder_of(job));
  check_same_options(run, plan, job);
  if (plan.data) check_same_data(run, *plan.data);
  const std::filesystem::path file = evaluation_file(run);
  if (!std::filesystem::exists(file)) return std::nullopt;
  Evaluation evaluation = evaluation_from_json(read_file(file), file.string());
  if (evaluation.step != settings_of(job)->train.steps || !is_whole(plan, job, evaluation.tables)) return std::nullopt;
  return std::move(evaluation.tables);
}

std::optional<MetricTable> finished_table(const StudyPlan& plan, const Job& job) {
  const auto tables = finished_tables(plan, job);
  if (!tables) return std::nullopt;
  return joined_table(plan.study, *tables);
}

GenerationOptions generation_options(const StudyPlan& plan, const DataSource& data) {
  GenerationOptions options;
  options.samples = plan.budget.samples;
  return plan.study.judge ? judged_by(options, judge_folder(plan), data) : options;
}

std::string judge_checksum_of(const StudyPlan& plan) {
  if (!plan.study.judge || !std::filesystem::exists(judge_folder(plan))) return "";
  return judge_checksum(judge_folder(plan));
}

std::vector<double> chosen_values(const StudyPlan& plan) {
  std::vector<double> chosen;
  for (size_t row = 0; row < plan.study.rows.size(); ++row) {
    const StudyRow& r = plan.study.rows[row];
    chosen.push_back(0);
    if (!plan.includes(r) || r.sweep.values.empty()) continue;
    const auto error = [&](double value) { return selection_error(plan, plan.job(r, value, 1)); };
    chosen.back() = *std::min_element(r.sweep.values.begin(), r.sweep.values.end(),
                                      [&](double a, double b) { return error(a) < error(b); });
  }
  return chosen;
}

std::vector<std::string> words_for(const StudyPlan& plan, const Job& job) {
  const std::string folder = plan.folder_of(job).string();
  std::vector<std::string> words = {"resume", folder};
  if (!std::filesystem::exists(folder)) {
    words = {"train", job.options.at(0).second, "--data", job.options.at(1).second};
    for (size_t i = 2; i < job.options.size(); ++i)
      words.insert(words.end(), {"--set", fmt::format("{}={}", job.options[i].first, job.options[i].second)});
    words.insert(words.end(), {"--out", folder});
  }
  std::vector<std::string> metrics = {usual_metrics};
  metrics.insert(metrics.end(), job.metrics.begin(), job.metrics.end());
  words.insert(words.end(), {"--metrics", fmt::format("{}", fmt::join(metrics, ","))});
  if (plan.study.judge && job.row != &*plan.study.judge)
    words.insert(words.end(),
                 {"--classifier", judge_folder(plan).string(), "--samples", fmt::format("{}", plan.budget.samples)});
  return words;
}

}  // namespace refract
