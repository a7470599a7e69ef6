#include "app/study/study_bounds.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <memory>

#include "app/cli/terminal.h"
#include "app/study/study_metrics.h"
#include "refract/core/files.h"
#include "refract/core/random.h"
#include "refract/eval/evaluator.h"
#include "refract/eval/table.h"
#include "refract/model/pixel_model.h"

namespace refract {
namespace {

// Tables of these metrics, measured once for the same options, files and judge.
std::vector<MetricTable> kept(const std::filesystem::path& file, const std::string& of,
                              const std::vector<std::string>& metrics,
                              const std::function<std::vector<MetricTable>()>& measure) {
  const std::filesystem::path options = std::filesystem::path(file).replace_extension(".toml");
  if (std::filesystem::exists(file) && std::filesystem::exists(options) && read_file(options) == of) {
    std::vector<MetricTable> tables = evaluation_from_json(read_file(file), file.string()).tables;
    const auto is_there = [&](const std::string& name) { return table_of_metric(tables, name) != nullptr; };
    if (std::all_of(metrics.begin(), metrics.end(), is_there)) return tables;
  }
  std::vector<MetricTable> tables = measure();
  write_file(file, to_json(tables, 0));
  write_file(options, of);
  return tables;
}

std::vector<MetricTable> measured_by(const std::vector<std::string>& metrics, const StudyPlan& plan, const Model& model,
                                     const DataSource& data) {
  Evaluator evaluator(model, data, 0, nullptr, generation_options(plan, data));
  std::vector<MetricTable> tables;
  tables.reserve(metrics.size());
  for (const std::string& name : metrics) tables.push_back(evaluator.measure(metric(name)));
  return tables;
}

}  // namespace

std::vector<StudyBound> study_bounds(const StudyPlan& plan) {
  const Study& study = plan.study;
  const auto settings = settings_of(plan, plan.job(study.rows[0], 0, 1));
  std::string of = settings->toml();
  if (plan.data)
    for (const auto& [file, checksum] : plan.data->checksums) of += fmt::format("# {} {}\n", checksum, file);
  if (study.judge) of += fmt::format("# {} judge\n", judge_checksum_of(plan));
  std::vector<StudyBound> bounds;
  const auto add = [&](const std::string& name, const std::string& features, const std::string& file,
                       const std::function<std::unique_ptr<Model>(const Space&)>& make) {
    const std::vector<std::string> metrics = metrics_of(study, {features});
    const std::vector<MetricTable> tables = kept(plan.folder / file, of, metrics, [&] {
      say(fmt::format("Measuring {}.", name));
      const auto data = settings->data_recipe.make();
      return measured_by(metrics, plan, *make(data->info().space), *data);
    });
    bounds.push_back({name, features, joined_table(study, tables)});
  };
  add("untrained model", study.rows[0].features, "untrained.json", [&](const Space& space) {
    at::manual_seed(mix(1, Stream::weights));
    return settings->method_recipe.make(space);
  });
  if (study.pixels)
    add("raw pixels", "pixels", "pixels.json", [](const Space& space) { return std::make_unique<PixelModel>(space); });
  return bounds;
}

}  // namespace refract
