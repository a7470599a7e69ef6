#include <fmt/format.h>

#include <CLI/App.hpp>
#include <algorithm>
#include <memory>

#include "app/cli/machine_speed.h"
#include "app/cli/program.h"
#include "app/cli/terminal.h"
#include "app/commands/commands.h"
#include "refract/core/errors.h"
#include "refract/core/text.h"
#include "refract/train/machine_set_up.h"
#include "refract/train/manifest.h"
#include "refract/train/metrics_log.h"
#include "refract/train/run.h"
#include "refract/train/trainer.h"

namespace refract {
namespace {

Result machine() {
  const MachineSpeed speed = measure_machine();
  auto facts = machine_facts();
  std::vector<std::vector<std::string>> rows = {{"machine", ""}};
  Json json;
  for (const auto& [name, value] : facts) {
    rows.push_back({name, value});
    json[name] = value;
  }
  rows.push_back({"multiply-adds", fmt::format("{:.0f} GFLOP/s in registers, fp32, measured", speed.fma_gflops)});
  rows.push_back({"matrix product", fmt::format("{:.0f} GFLOP/s, 1024 x 1024, fp32, measured", speed.gemm_gflops)});
  json["fma_gflops"] = speed.fma_gflops;
  json["gemm_gflops"] = speed.gemm_gflops;
  return {table_text(rows), std::move(json)};
}

int64_t weights_in(Method& method) {
  int64_t count = 0;
  for (const Player* player : method.players())
    for (const auto& [name, parameter] : player->parameters()) count += player->shares() ? 0 : parameter.numel();
  return count;
}

std::string blocks_text(const Method& method) {
  std::string text;
  for (const Block& block : method.blocks())
    text +=
        fmt::format("{}{} ({}, {} dimensions)", text.empty() ? "" : ", ", block.name, name_of(block.role), block.size);
  return text;
}

Json blocks_json(const Method& method) {
  Json blocks = Json::array();
  for (const Block& block : method.blocks())
    blocks.push_back({{"name", block.name}, {"role", name_of(block.role)}, {"size", block.size}});
  return blocks;
}

Json option_values(const Options& options) {
  Json values;
  for (const Option& option : options.all()) values[option.name] = option.text();
  return values;
}

// How far a training is.
struct Standing {
  std::string state;  // "training now", "finished", "stopped"
  int64_t steps = 0;  // of the whole training; 0 where nothing tells
  MetricsTable log;   // its last row alone
};

Standing standing_of(const OpenedRun& opened) {
  Standing standing;
  const Run& run = opened.run;
  const TrainOptions& options = opened.settings->train;
  standing.steps =
      options.steps > 0 ? options.steps : manifest_origin(run.manifest(), run.manifest_file().string()).steps;
  standing.log = read_metrics(run.metrics_file());
  if (standing.log.rows.size() > 1) standing.log.rows.erase(standing.log.rows.begin(), standing.log.rows.end() - 1);
  const bool complete = standing.steps > 0 && opened.checkpoint.step >= standing.steps;
  standing.state = is_training(run.path()) ? "training now" : complete ? "finished" : "stopped";
  return standing;
}

// "1200 of 20000 (6 %), the newest checkpoint after 1000"
std::string steps_text(const Standing& standing, int64_t checkpoint) {
  const int64_t done =
      std::max(checkpoint, standing.log.rows.empty() ? 0 : static_cast<int64_t>(standing.log.rows.back().front()));
  std::string text = std::to_string(done);
  if (standing.steps > 0)
    text += fmt::format(" of {} ({:.0f} %)", standing.steps,
                        100.0 * static_cast<double>(done) / static_cast<double>(standing.steps));
  if (done != checkpoint)
    text += checkpoint > 0 ? fmt::format(", the newest checkpoint after {}", checkpoint) : ", no checkpoint yet";
  return text;
}

// The terms of the last row of metrics.csv, and the seconds before them.
std::string terms_text(const MetricsTable& log) {
  std::string text;
  for (size_t c = 2; !log.rows.empty() && c < log.columns.size(); ++c)
    text += fmt::format("{}{} {:.4g}", text.empty() ? "" : ", ", log.columns[c], log.rows.back().at(c));
  return text.empty() ? "nothing logged yet" : text;
}

Json log_json(const MetricsTable& log) {
  if (log.rows.empty()) return {};
  Json json;
  for (size_t c = 0; c < log.columns.size(); ++c) json[log.columns[c]] = log.rows.back().at(c);
  return json;
}

std::string state_text(const Standing& standing, const std::string& directory) {
  if (standing.state != "stopped") return standing.state;
  if (standing.steps == 0) return "no process trains it";  // of before runs recorded how many there are
  return fmt::format("stopped before its end; `{}` goes on", shell_quoted({"refract", "resume", directory}));
}

Result run_info(const std::string& directory) {
  const OpenedRun opened = inspect_run(directory);
  const Standing standing = standing_of(opened);
  const Space& space = opened.method->space();
  const std::string report = (opened.run.path() / "report.html").string();
  const bool has_report = std::filesystem::exists(report);
  const auto checkpoints = opened.run.checkpoints();
  const std::string checkpoint = checkpoints.empty() ? "" : checkpoints.back().string();
  const double seconds = standing.log.rows.empty() ? 0 : standing.log.rows.back().at(1);
  const std::vector<std::vector<std::string>> rows = {
      {"run", directory},
      {"state", state_text(standing, directory)},
      {"method", opened.settings->method},
      {"data", opened.settings->data},
      {"steps done", steps_text(standing, opened.checkpoint.step)},
      {"training time", duration_text(seconds)},
      {"last logged", terms_text(standing.log)},
      {"examples", text_of(space)},
      {"latent blocks", blocks_text(*opened.method)},
      {"weights", std::to_string(weights_in(*opened.method))},
      {"checkpoint", checkpoint.empty() ? "none yet" : checkpoint},
      {"report",
       has_report ? report : fmt::format("none yet; `{}` writes it", shell_quoted({"refract", "evaluate", directory}))},
  };
  const Json json = {{"run", directory},
                     {"state", standing.state},
                     {"method", opened.settings->method},
                     {"data", opened.settings->data},
                     {"step", opened.checkpoint.step},
                     {"steps", standing.steps},
                     {"logged", log_json(standing.log)},
                     {"space", {{"sizes", space.sizes}, {"values", name_of(space.values)}}},
                     {"blocks", blocks_json(*opened.method)},
                     {"weights", weights_in(*opened.method)},
                     {"checkpoint", checkpoint.empty() ? Json() : Json(checkpoint)},
                     {"report", has_report ? Json(report) : Json()},
                     {"options", option_values(opened.settings->options)},
                     {"manifest", Json::parse(opened.run.manifest())}};
  return {table_text(rows) + "\nOptions:\n" + opened.settings->toml(), json};
}

struct InfoArguments {
  std::string run;
  bool machine = false;
};

Action declare_info(CLI::App& app) {
  const auto arguments = std::make_shared<InfoArguments>();
  app.add_option("RUN", arguments->run, "folder of a run")->type_name("");
  app.add_flag("--machine", arguments->machine, "show this machine instead, and measure its speed");
  return [arguments](const Invocation&) {
    if (arguments->machine) return machine();
    if (arguments->run.empty())
      throw BadInput("Showing a run: expected its folder, as in `refract info runs/demo`, or --machine.");
    return run_info(arguments->run);
  };
}

}  // namespace

Command info_command() {
  return {"info",
          "Show the state and the options of a run, or the speed of this machine.",
          "",
          {"bin/refract info runs/demo", "bin/refract info --machine"},
          declare_info};
}

}  // namespace refract
