#include "refract/report/finish.h"

#include <fmt/format.h>

#include <algorithm>

#include "refract/core/errors.h"
#include "refract/core/files.h"
#include "refract/eval/evaluator.h"
#include "refract/eval/table.h"
#include "refract/figures/figure.h"
#include "refract/figures/stored.h"
#include "refract/report/examples.h"
#include "refract/report/run_report.h"
#include "refract/train/machine.h"

namespace refract {
namespace {

constexpr int64_t example_count = 8;

std::vector<MetricTable> measured(const OpenedRun& opened, const std::vector<const MetricEntry*>& entries,
                                  const OnNote& note, const GenerationOptions& generation) {
  std::vector<MetricTable> tables;
  const std::unique_ptr<Method> untrained = opened.untrained();
  Evaluator evaluator(*opened.method, *opened.data, 0, untrained.get(), generation);
  for (const MetricEntry* entry : entries) {
    note(fmt::format("Evaluating by {}.", entry->name));
    tables.push_back(evaluator.measure(*entry));
  }
  return tables;
}

// The tables of earlier evaluations of the same step, where no new one takes their place, and the new ones. A file that
// cannot be read is worth nothing.
std::vector<MetricTable> with_earlier(const std::vector<MetricTable>& tables, const OpenedRun& opened,
                                      const OnNote& note) {
  const std::filesystem::path file = evaluation_file(opened.run);
  if (!std::filesystem::exists(file)) return tables;
  Evaluation earlier;
  try {
    earlier = evaluation_from_json(read_file(file), file.string());
  } catch (const BadInput& error) {
    note(fmt::format("{} It is written again.", error.what()));
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

std::vector<Figure> drawn(const OpenedRun& opened, const OnNote& note) {
  std::vector<Figure> drawings;
  note("Drawing the pictures.");
  for (const FigureEntry& entry : figures())
    if (!entry.on_request && entry.lacks(*opened.method, *opened.data).empty())
      drawings.push_back(entry.draw(*opened.method, *opened.data, static_cast<uint64_t>(opened.settings->train.seed)));
  return drawings;
}

std::vector<std::filesystem::path> written_examples(const OpenedRun& opened) {
  if (!opened.data->info().space.is_picture()) return {};
  const std::filesystem::path folder = opened.run.path() / "examples";
  std::filesystem::create_directories(folder);
  return write_examples(*opened.data, split_for_show(*opened.data), example_count, folder);
}

}  // namespace

Finished finish_run(OpenedRun& opened, const std::vector<const MetricEntry*>& entries, const OnNote& note,
                    const GenerationOptions& generation) {
  const OnNote tell = note ? note : [](const std::string&) {};
  move_to(at::kCPU, *opened.method);
  opened.method->train(false);
  Finished finished;
  finished.tables = measured(opened, entries, tell, generation);
  write_file(evaluation_file(opened.run), to_json(with_earlier(finished.tables, opened, tell), opened.checkpoint.step));
  write_figures(drawn(opened, tell), figures_folder(opened.run));
  finished.examples = written_examples(opened);
  finished.report = write_report(opened.run);
  return finished;
}

}  // namespace refract
