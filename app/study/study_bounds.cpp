#include "app/study/study_bounds.h"

#include <fmt/format.h>

#include <functional>

#include "app/cli/terminal.h"
#include "refract/core/files.h"
#include "refract/core/random.h"
#include "refract/eval/evaluator.h"
#include "refract/eval/table.h"
#include "refract/model/pixel_model.h"

namespace refract {
namespace {

// Measured once for the same options and files.
MetricTable kept(const std::filesystem::path& file, const std::string& of,
                 const std::function<MetricTable()>& measure) {
  const std::filesystem::path options = std::filesystem::path(file).replace_extension(".toml");
  if (std::filesystem::exists(file) && std::filesystem::exists(options) && read_file(options) == of)
    return evaluation_from_json(read_file(file), file.string()).tables.at(0);
  MetricTable table = measure();
  write_file(file, to_json(std::vector<MetricTable>{table}, 0));
  write_file(options, of);
  return table;
}

}  // namespace

std::vector<StudyBound> study_bounds(const StudyPlan& plan) {
  const auto settings = settings_of(plan, plan.job(0, 0, 1));
  const MetricEntry& reader = metric(plan.study.metric);
  std::string of = settings->toml();
  if (plan.data)
    for (const auto& [file, checksum] : plan.data->checksums) of += fmt::format("# {} {}\n", checksum, file);
  std::vector<StudyBound> bounds;
  bounds.push_back({"untrained model", plan.study.rows[0].features, kept(plan.folder / "untrained.json", of, [&] {
                      say("Measuring an untrained model.");
                      const auto data = settings->data_recipe.make();
                      at::manual_seed(mix(1, Stream::weights));
                      const auto model = settings->method_recipe.make(data->info().space);
                      return Evaluator(*model, *data).measure(reader);
                    })});
  if (plan.study.pixels)
    bounds.push_back({"raw pixels", "pixels", kept(plan.folder / "pixels.json", of, [&] {
                        say("Measuring raw pixels.");
                        const auto data = settings->data_recipe.make();
                        return Evaluator(PixelModel(data->info().space), *data).measure(reader);
                      })});
  return bounds;
}

}  // namespace refract
