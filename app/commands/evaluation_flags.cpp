#include "app/commands/evaluation_flags.h"

#include <CLI/App.hpp>

#include "app/cli/option_flags.h"
#include "refract/report/judge_run.h"

namespace refract {

void EvaluationFlags::declare(CLI::App& app, const std::string& meaning_of_metrics) {
  add_names(app, "--metrics", metrics, meaning_of_metrics);
  app.add_option("--classifier", judge,
                 "run of `refract train classifier` on the same data; metrics of samples use its classifier (default: "
                 "each evaluation trains a small one)")
      ->type_name("RUN");
  app.add_option(
         "--samples", samples,
         "largest number of examples of each kind (generated, test, training) that metrics of samples compare (5000)")
      ->type_name("N")
      ->check(CLI::Range(int64_t{2}, int64_t{1000000}));
}

void EvaluationFlags::check(const DataSource* data, const Model* model) const {
  check_metrics(metrics, data, model);
  if (data != nullptr) static_cast<void>(generation(*data));
}

GenerationOptions EvaluationFlags::generation(const DataSource& data) const {
  GenerationOptions options;
  options.samples = samples;
  return judge.empty() ? options : judged_by(options, judge, data);
}

}  // namespace refract
