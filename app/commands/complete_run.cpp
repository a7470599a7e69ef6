#include "app/commands/complete_run.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/cli/examples.h"
#include "app/cli/metric_text.h"
#include "app/cli/program.h"
#include "app/cli/terminal.h"
#include "app/cli/work_progress.h"
#include "refract/core/errors.h"
#include "refract/core/files.h"
#include "refract/eval/evaluator.h"
#include "refract/eval/table.h"
#include "refract/figures/figure.h"
#include "refract/figures/stored.h"
#include "refract/model/manipulate.h"
#include "refract/report/run_report.h"
#include "refract/train/run.h"

namespace refract {
namespace {

constexpr int64_t example_count = 8;

// Those that the data can serve; the metrics of codes and factors alone take minutes and are not usual either.
std::vector<const MetricEntry*> metrics_for(const DataSource& data, bool only_usual) {
  std::vector<const MetricEntry*> entries;
  for (const MetricEntry& entry : metrics())
    if (entry.lacks(data).empty() && !(only_usual && (entry.on_request || entry.score != nullptr)))
      entries.push_back(&entry);
  return entries;
}

// Each once.
std::vector<const MetricEntry*> metrics_named(const std::vector<std::string>& names, const DataSource& data) {
  std::vector<const MetricEntry*> entries;
  const auto add = [&](const MetricEntry* entry) {
    if (std::find(entries.begin(), entries.end(), entry) == entries.end()) entries.push_back(entry);
  };
  for (const std::string& name : names)
    if (name == usual_metrics || name == all_metrics)
      for (const MetricEntry* entry : metrics_for(data, name == usual_metrics)) add(entry);
    else
      add(&metric(name));
  return entries;
}

std::vector<MetricTable> measured(const OpenedRun& opened, const std::vector<const MetricEntry*>& entries) {
  std::vector<MetricTable> tables;
  const std::unique_ptr<Method> untrained = opened.untrained();
  Evaluator evaluator(*opened.method, *opened.data, 0, untrained.get());
  for (const MetricEntry* entry : entries) {
    say(fmt::format("Evaluating by {}.", entry->name));
    tables.push_back(evaluator.measure(*entry));
  }
  return tables;
}

// The tables of earlier evaluations of the same step, where no new one takes their place, and the new ones. A file that
// cannot be read is worth nothing.
std::vector<MetricTable> with_earlier(const std::vector<MetricTable>& tables, const OpenedRun& opened) {
  const std::filesystem::path file = evaluation_file(opened.run);
  if (!std::filesystem::exists(file)) return tables;
  Evaluation earlier;
  try {
    earlier = evaluation_from_json(read_file(file), file.string());
  } catch (const BadInput& error) {
    say(fmt::format("{} It is written anew.", error.what()));
  }
  if (earlier.step != opened.checkpoint.step) return tables;
  std::vector<MetricTable> all = earlier.tables;
  for (const MetricTable& table : tables) {
    const auto same = [&](const MetricTable& other) { return other.metric == table.metric; };
    const auto place = std::find_if(all.begin(), all.end(), same);
    if (place == all.end())
      all.push_back(table);
    else
      *place = table;
  }
  return all;
}

std::vector<Figure> drawn(const OpenedRun& opened) {
  std::vector<Figure> drawings;
  say("Drawing the pictures.");
  for (const FigureEntry& entry : figures())
    if (!entry.on_request && entry.lacks(*opened.method, *opened.data).empty())
      drawings.push_back(entry.draw(*opened.method, *opened.data, static_cast<uint64_t>(opened.settings->train.seed)));
  return drawings;
}

std::vector<std::filesystem::path> written_examples(const OpenedRun& opened) {
  const std::filesystem::path folder = opened.run.path() / "examples";
  std::filesystem::create_directories(folder);
  return write_examples(*opened.data, split_for_show(*opened.data), example_count, folder);
}

// Commands that work as they stand.
std::vector<std::string> suggestions(const OpenedRun& opened, const std::vector<std::filesystem::path>& examples,
                                     const std::string& program) {
  const std::string run = opened.run.path().string();
  const std::string folder = examples.front().parent_path().string();
  std::vector<std::string> lines;
  const auto add = [&](const std::vector<std::string>& words) { lines.push_back(shell_quoted(words)); };
  if (lacks_exchange(*opened.method).empty())
    add({program, "transfer", run, "--target", examples.front().string(), "--common", examples.back().string()});
  if (lacks_synthesis(*opened.method).empty()) add({program, "synthesize", run, folder});
  add({program, "encode", run, folder});
  if (lacks_prior(*opened.method).empty()) add({program, "sample", run});
  return lines;
}

// "probe, average: e 0.061, z 0.189, predict the mean 0.194": the last column, which sums the table up.
std::string last_column(const MetricTable& table) {
  std::string line;
  for (const MetricTable::Row& row : table.rows)
    line += fmt::format("{}{} {}", line.empty() ? "" : ", ", row.name, value_text(row, row.values.size() - 1));
  return fmt::format("{}, {}: {}\n", table.metric, table.columns.back(), line);
}

}  // namespace

void check_metrics(const std::vector<std::string>& names, const DataSource* data) {
  for (const std::string& name : names) {
    if (name == usual_metrics || name == all_metrics) continue;
    const MetricEntry& entry = metric(name);
    const std::string lacking = data == nullptr ? "" : entry.lacks(*data);
    if (!lacking.empty()) throw BadInput(fmt::format("Metric {}: {} Leave it out of --metrics.", name, lacking));
  }
}

Result complete_run(const std::filesystem::path& directory, const std::vector<std::string>& metric_names,
                    const Invocation& invocation, const KeyValues& places) try {
  check_metrics(metric_names);
  const OpenedRun opened = open_run(directory, true, places, shown_progress());
  for (const std::string& note : opened.notes) say(note);
  const std::vector<const MetricEntry*> entries = metrics_named(metric_names, *opened.data);
  const std::vector<MetricTable> tables = measured(opened, entries);
  write_file(evaluation_file(opened.run), to_json(with_earlier(tables, opened), opened.checkpoint.step));
  write_figures(drawn(opened), figures_folder(opened.run));
  const std::vector<std::filesystem::path> examples = written_examples(opened);
  const std::string report = write_report(opened.run).string();

  const std::vector<std::string> next = suggestions(opened, examples, invocation.program);
  std::string text;
  for (const MetricTable& table : tables) text += metric_text(table) + "\n";
  text += "To try next:\n";
  for (const std::string& line : next) text += fmt::format("  {}\n", line);
  text += "\n";
  for (const MetricTable& table : tables) text += last_column(table);
  text += fmt::format("The report, with pictures: {}\n", report);
  Json json = Json::parse(to_json(tables, opened.checkpoint.step));
  json["report"] = report;
  json["run"] = opened.run.path().string();
  json["next"] = next;
  return {text, json};
} catch (const BadInput&) {
  throw;
} catch (const Error& error) {
  throw Error(fmt::format("{} The training is safe: then run {}.", error.what(),
                          shell_quoted({invocation.program, "evaluate", directory.string()})));
}

}  // namespace refract
