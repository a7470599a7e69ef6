#include "app/commands/complete_run.h"

#include <fmt/format.h>

#include "app/cli/metric_text.h"
#include "app/cli/program.h"
#include "app/cli/terminal.h"
#include "app/cli/work_progress.h"
#include "refract/core/errors.h"
#include "refract/eval/table.h"
#include "refract/model/manipulate.h"
#include "refract/report/finish.h"

namespace refract {
namespace {

// Commands that work as they stand.
std::vector<std::string> suggestions(const OpenedRun& opened, const std::vector<std::filesystem::path>& examples,
                                     const std::string& program) {
  const std::string run = opened.run.path().string();
  std::vector<std::string> lines;
  const auto add = [&](const std::vector<std::string>& words) { lines.push_back(shell_quoted(words)); };
  if (!examples.empty() && lacks_exchange(*opened.method).empty())
    add({program, "transfer", run, "--target", examples.front().string(), "--common", examples.back().string()});
  const std::string folder = examples.empty() ? "" : examples.front().parent_path().string();
  if (!examples.empty() && lacks_synthesis(*opened.method).empty()) add({program, "synthesize", run, folder});
  if (!examples.empty() && opened.method->encodes()) add({program, "encode", run, folder});
  if (opened.settings->options.has("table")) {
    const std::string table = opened.settings->options.at("table").text();
    if (opened.method->encodes()) add({program, "encode", run, table});
    if (lacks_synthesis(*opened.method).empty()) add({program, "synthesize", run, table, "--variants", "3"});
  }
  if (opened.method->generates() && lacks_prior(*opened.method).empty()) add({program, "sample", run});
  return lines;
}

// "probe, average: e 0.061, z 0.189, predict the mean 0.194": the last column, which sums the table up.
std::string last_column(const MetricTable& table) {
  std::string line;
  for (const MetricTable::Row& row : table.rows)
    line += fmt::format("{}{} {}", line.empty() ? "" : ", ", row.name, value_text(row, row.values.size() - 1));
  return fmt::format("{}, {}: {}\n", table.metric, table.columns.back(), line);
}

Result result_of(const OpenedRun& opened, const Finished& finished, const Invocation& invocation) {
  const std::vector<std::string> next = suggestions(opened, finished.examples, invocation.program);
  std::string text;
  for (const MetricTable& table : finished.tables) text += metric_text(table) + "\n";
  text += "To try next:\n";
  for (const std::string& line : next) text += fmt::format("  {}\n", line);
  text += "\n";
  for (const MetricTable& table : finished.tables) text += last_column(table);
  text += fmt::format("The report, with pictures: {}\n", finished.report.string());
  Json json = Json::parse(to_json(finished.tables, opened.checkpoint.step));
  json["report"] = finished.report.string();
  json["run"] = opened.run.path().string();
  json["next"] = next;
  return {text, json};
}

}  // namespace

Result complete_run(OpenedRun& opened, const EvaluationFlags& flags, const Invocation& invocation) try {
  const std::vector<const MetricEntry*> entries = metrics_named(flags.metrics, *opened.data, *opened.method);
  GenerationOptions generation = flags.generation(*opened.data);
  generation.on_progress = shown_progress();
  return result_of(opened, finish_run(opened, entries, say, generation), invocation);
} catch (const BadInput&) {
  throw;
} catch (const Error& error) {
  throw Error(fmt::format("{} The training is saved. Afterwards run {}.", error.what(),
                          shell_quoted({invocation.program, "evaluate", opened.run.path().string()})));
}

}  // namespace refract
