#include <fmt/format.h>

#include <CLI/App.hpp>
#include <memory>

#include "app/codes_file.h"
#include "app/commands.h"
#include "app/option_flags.h"
#include "app/output_file.h"
#include "app/terminal.h"
#include "refract/core/errors.h"
#include "refract/core/files.h"
#include "refract/eval/evaluator.h"
#include "refract/eval/table.h"
#include "refract/eval/udr.h"

namespace refract {
namespace {

constexpr const char* udr_name = "udr";

struct Arguments {
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
        fmt::format("Measuring codes by {}: this metric needs the model and its images. `refract evaluate RUN "
                    "--metrics {}` has both.",
                    name, name));
  return entry;
}

Plan plan_of(const Arguments& arguments) {
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

std::vector<MetricTable> measured(const Plan& plan, const std::vector<Representation>& models, uint64_t seed) {
  std::vector<Representation> rows = models;
  rows.push_back(noise_beside(models, seed));
  std::vector<MetricTable> tables;
  for (const MetricEntry* entry : plan.entries) {
    say(fmt::format("Measuring by {}.", entry->name));
    tables.push_back(score_codes(*entry, rows, seed));
  }
  if (plan.across_models) tables.push_back(udr(models));
  return tables;
}

Result run(const Arguments& arguments) {
  const bool to_file = !arguments.out.path.empty();
  const std::filesystem::path file = to_file ? arguments.out.resolve("metrics") : "";
  const Plan plan = plan_of(arguments);
  const std::vector<Representation> models = read_codes({arguments.files.begin(), arguments.files.end()});
  const std::vector<MetricTable> tables = measured(plan, models, arguments.seed);
  Json json = Json::parse(to_json(tables, 0));
  json.erase("step");
  json["files"] = arguments.files;
  json["seed"] = arguments.seed;
  std::string text;
  for (const MetricTable& table : tables) text += fmt::format("{}{}", text.empty() ? "" : "\n", to_text(table));
  if (to_file) {
    write_file(file, json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
    text += fmt::format("\n{} holds these tables.\n", file.string());
  }
  return {text, json};
}

Action declare(CLI::App& app) {
  const auto arguments = std::make_shared<Arguments>();
  app.add_option("CODES", arguments->files, "files of codes and factors, .npz; one a model")
      ->type_name("...")
      ->required();
  add_names(app, "--only", arguments->only, "metrics by name, separated by commas; all where this is not given");
  app.add_option("--seed", arguments->seed, "what is drawn is a function of this number")->type_name("N");
  arguments->out.declare(app, {".json"});
  return [arguments](const Invocation&) { return run(*arguments); };
}

}  // namespace

Command metrics_command() {
  return {
      "metrics",
      "Measure how disentangled codes are, whatever made them.",
      "A file as numpy.savez writes it has `codes` [N, D] and the ground-truth `factors` [N, K] of the same images,\n"
      "and may have `factor_names`, K strings. A factor of whole numbers is discrete, any other real-valued. Several\n"
      "files hold the codes of the same images by several models; udr then compares these with each other. The row\n"
      "`noise` is what codes score in which there is nothing. `refract list metrics` shows what there is.",
      {"bin/refract metrics codes.npz", "bin/refract metrics a.npz b.npz --only mig,dci,udr --out metrics.json"},
      declare};
}

}  // namespace refract
