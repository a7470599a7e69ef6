#include <fmt/format.h>

#include <CLI/App.hpp>
#include <memory>

#include "app/commands.h"
#include "app/machine_speed.h"
#include "app/terminal.h"
#include "refract/core/errors.h"
#include "refract/train/machine_set_up.h"
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

Result run_info(const std::string& directory) {
  const OpenedRun opened = open_run(directory, false);
  const ImageShape shape = opened.method->shape();
  const std::string report = (opened.run.path() / "report.html").string();
  const bool has_report = std::filesystem::exists(report);
  const std::vector<std::vector<std::string>> rows = {
      {"run", directory},
      {"method", opened.settings->method},
      {"data", opened.settings->data},
      {"steps done", std::to_string(opened.checkpoint.step)},
      {"images", fmt::format("{} x {}, {} channels", shape.size, shape.size, shape.channels)},
      {"latent blocks", blocks_text(*opened.method)},
      {"weights", std::to_string(weights_in(*opened.method))},
      {"checkpoint", opened.run.checkpoints().back().string()},
      {"report", has_report ? report : fmt::format("none yet; `refract evaluate {}` writes it", directory)},
  };
  const Json json = {{"run", directory},
                     {"method", opened.settings->method},
                     {"data", opened.settings->data},
                     {"step", opened.checkpoint.step},
                     {"image", {{"size", shape.size}, {"channels", shape.channels}}},
                     {"blocks", blocks_json(*opened.method)},
                     {"weights", weights_in(*opened.method)},
                     {"checkpoint", opened.run.checkpoints().back().string()},
                     {"report", has_report ? Json(report) : Json()},
                     {"options", option_values(opened.settings->options)},
                     {"manifest", Json::parse(opened.run.manifest())}};
  return {table_text(rows) + "\nOptions:\n" + opened.settings->toml(), json};
}

struct Arguments {
  std::string run;
  bool machine = false;
};

Action declare(CLI::App& app) {
  const auto arguments = std::make_shared<Arguments>();
  app.add_option("RUN", arguments->run, "folder of a run")->type_name("");
  app.add_flag("--machine", arguments->machine, "show this machine instead, and measure how fast it is");
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
          "Show what a run holds, or what this machine is and how fast.",
          "",
          {"bin/refract info runs/demo", "bin/refract info --machine"},
          declare};
}

}  // namespace refract
