#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/App.hpp>
#include <memory>

#include "app/cli/codes_file.h"
#include "app/cli/metric_text.h"
#include "app/cli/option_flags.h"
#include "app/cli/output_file.h"
#include "app/cli/terminal.h"
#include "app/commands/commands.h"
#include "refract/core/errors.h"
#include "refract/core/files.h"
#include "refract/eval/evaluator.h"
#include "refract/eval/metrics/udr.h"
#include "refract/eval/table.h"

namespace refract {
namespace {

constexpr const char* udr_name = "udr";

struct MetricsArguments {
  std::vector<std::string> files;
  std::vector<std::string> only;
  uint64_t seed = 0;
  OutputFile out;
};

// What to compute: metrics of each representation, and whether to compare them with each other.
struct Plan {
  std::vector<const MetricEntry*> entries;
  bool across_models = false;
};

const MetricEntry& scored(const std::string& name) {
  const MetricEntry& entry = metric(name);
  if (entry.score == nullptr)
    throw BadInput(
        fmt::format("Measuring codes by {}: this metric needs the model and its data. `refract evaluate RUN "
                    "--metrics {}` has both.",
                    name, name));
  return entry;
}

Plan plan_of(const MetricsArguments& arguments) {
  Plan plan;
  const bool several = arguments.files.size() > 1;
  if (arguments.only.empty()) {
    for (const MetricEntry& entry : metrics())
      if (entry.score != nullptr) plan.entries.push_back(&entry);
    plan.across_models = several;
    return plan;
  }
  for (const std::string& name : arguments.only) {
    if (name != udr_name) {
      plan.entries.push_back(&scored(name));
      continue;
    }
    if (!several) throw BadInput("Measuring codes by udr: expected the files of two or more models, found one.");
    plan.across_models = true;
  }
  return plan;
}

// Metrics of each representation compare it with factors; udr needs none, and is all that is left where there are none.
void check_known(Plan& plan, const MetricsArguments& arguments, const std::vector<ModelCodes>& models) {
  if (models.front().known || plan.entries.empty()) return;
  const std::string all = fmt::format("{}", fmt::join(arguments.files, ", "));
  if (!arguments.only.empty() || !plan.across_models)
    throw BadInput(fmt::format(
        "Measuring codes by {}: expected ground-truth factors or classes of the examples, found none in {}. Save them "
        "as `factors` or `class`; or give the files of two or more models, which udr compares without factors.",
        plan.entries.front()->name, all));
  say(fmt::format(
      "No file has factors or classes ({}), so models are compared with each other (udr), and no other metric "
      "is measured.",
      all));
  plan.entries.clear();
}

std::vector<MetricTable> measured_codes(const Plan& plan, const std::vector<ModelCodes>& models, uint64_t seed) {
  std::vector<Representation> whole, rows;
  for (const ModelCodes& model : models) {
    whole.push_back(model.all);
    rows.push_back(model.all);
    rows.insert(rows.end(), model.blocks.begin(), model.blocks.end());
  }
  if (!plan.entries.empty()) rows.push_back(noise_beside(rows, seed));
  std::vector<MetricTable> tables;
  for (const MetricEntry* entry : plan.entries) {
    say(fmt::format("Measuring by {}.", entry->name));
    tables.push_back(score_codes(*entry, rows, seed));
  }
  if (plan.across_models) tables.push_back(udr(whole));
  return tables;
}

Result run_metrics(const MetricsArguments& arguments) {
  const bool to_file = !arguments.out.path.empty();
  const std::filesystem::path file = to_file ? arguments.out.resolve("metrics") : "";
  Plan plan = plan_of(arguments);
  const std::vector<ModelCodes> models = read_codes({arguments.files.begin(), arguments.files.end()});
  check_known(plan, arguments, models);
  const std::vector<MetricTable> tables = measured_codes(plan, models, arguments.seed);
  Json json = Json::parse(to_json(tables, 0));
  json.erase("step");
  json["files"] = arguments.files;
  json["seed"] = arguments.seed;
  std::string text;
  for (const MetricTable& table : tables) text += fmt::format("{}{}", text.empty() ? "" : "\n", metric_text(table));
  if (to_file) {
    write_file(file, json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
    text += fmt::format("\n{} holds these tables.\n", file.string());
  }
  return {text, json};
}

Action declare_metrics(CLI::App& app) {
  const auto arguments = std::make_shared<MetricsArguments>();
  app.add_option("CODES", arguments->files, "files of codes and factors (.npz or .csv), one for each model")
      ->type_name("...")
      ->required();
  add_names(app, "--only", arguments->only, "names of metrics, separated by commas (all)");
  add_seed(app, arguments->seed, "seed of all random draws (0)");
  arguments->out.declare(app, {".json"});
  return [arguments](const Invocation&) { return run_metrics(*arguments); };
}

}  // namespace

Command metrics_command() {
  return {
      "metrics",
      "Measure how disentangled codes are, from Refract or any other program.",
      "An .npz file has `codes` [N, D], the ground-truth `factors` [N, K] of the same images or rows and,\n"
      "optionally, K `factor_names`. A factor of whole numbers or text is discrete; any other factor is real-valued.\n"
      "Files of `refract encode` work, too. Their .npz files have an array for each latent block. Blocks are\n"
      "measured together and alone. Their .csv files have columns e_1, e_2, ... for a block e. All other\n"
      "columns except `file` and `class` are factors; a `factor:` before the name of one is left out. Without\n"
      "factors, `class` is the factor.\n"
      "Several files hold the codes of the same images or rows from several models. udr compares the models\n"
      "and needs no factors.\n"
      "The row `noise` is the score of codes without information. `refract list metrics` lists the metrics.",
      {"bin/refract metrics codes.npz", "bin/refract metrics a.npz b.npz --only mig,dci,udr --out metrics.json",
       "bin/refract metrics a.csv b.csv --only udr"},
      declare_metrics};
}

}  // namespace refract
