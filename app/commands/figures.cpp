#include <fmt/format.h>

#include <CLI/App.hpp>
#include <algorithm>
#include <memory>

#include "app/cli/option_flags.h"
#include "app/cli/terminal.h"
#include "app/cli/work_progress.h"
#include "app/commands/commands.h"
#include "refract/core/errors.h"
#include "refract/figures/beside.h"
#include "refract/figures/stored.h"
#include "refract/train/run.h"

namespace refract {
namespace {

struct FiguresArguments {
  std::vector<std::string> runs;
  std::vector<std::string> only;
  std::string out;
  uint64_t seed = 1;
  KeyValues places;
  bool overwrite = false;
};

std::vector<const FigureEntry*> wanted(const std::vector<std::string>& only) {
  std::vector<const FigureEntry*> entries;
  entries.reserve(only.size());
  for (const std::string& name : only) entries.push_back(&figure(name));
  if (only.empty())
    for (const FigureEntry& entry : figures()) entries.push_back(&entry);
  return entries;
}

// The method's name, with the folder's where several runs have the same method.
std::vector<std::string> headings(const std::vector<OpenedRun>& runs) {
  std::vector<std::string> names;
  for (const OpenedRun& run : runs) {
    const auto same = std::count_if(runs.begin(), runs.end(), [&](const OpenedRun& other) {
      return other.settings->method == run.settings->method;
    });
    names.push_back(same > 1 ? fmt::format("{} ({})", run.settings->method, run.run.path().filename().string())
                             : run.settings->method);
  }
  return names;
}

// "" where all runs can serve the figure, else what the first that cannot lacks.
std::string lacking(const FigureEntry& entry, const std::vector<OpenedRun>& runs) {
  for (const OpenedRun& run : runs)
    if (const std::string missing = entry.lacks(*run.method, *run.data); !missing.empty())
      return fmt::format("{}: {}", run.run.path().string(), missing);
  return "";
}

Result draw(const FiguresArguments& arguments) {
  const std::vector<const FigureEntry*> entries = wanted(arguments.only);
  if (std::filesystem::exists(arguments.out) && !arguments.overwrite)
    throw BadInput(
        fmt::format("Drawing figures: {} exists already. Add --overwrite, or name another folder.", arguments.out));
  if (std::filesystem::exists(arguments.out) && !std::filesystem::is_directory(arguments.out))
    throw BadInput(
        fmt::format("Drawing figures: expected {} to be a folder, found a file. Name another.", arguments.out));
  std::vector<OpenedRun> runs;
  for (const std::string& folder : arguments.runs)
    runs.push_back(open_run(folder, true, arguments.places, shown_progress()));
  const std::vector<std::string> names = headings(runs);
  std::vector<Figure> drawn;
  for (const FigureEntry* entry : entries) {
    if (const std::string missing = lacking(*entry, runs); !missing.empty()) {
      if (!arguments.only.empty()) throw BadInput(fmt::format("Drawing the figure {}: {}", entry->name, missing));
      say(fmt::format("Leaving out the figure {}: {}", entry->name, missing));
      continue;
    }
    say(fmt::format("Drawing the figure {}.", entry->name));
    std::vector<NamedFigure> parts;
    for (size_t i = 0; i < runs.size(); ++i)
      parts.push_back({names[i], entry->draw(*runs[i].method, *runs[i].data, arguments.seed)});
    drawn.push_back(beside(parts));
  }
  Json files = Json::array();
  std::string text;
  for (const StoredFigure& figure : write_figures(drawn, arguments.out)) {
    const std::string file = (std::filesystem::path(arguments.out) / figure.file).string();
    text += fmt::format("{}\n  {}\n", file, figure.caption);
    files.push_back(file);
  }
  return {text, {{"folder", arguments.out}, {"files", files}}};
}

Action declare_figures(CLI::App& app) {
  const auto arguments = std::make_shared<FiguresArguments>();
  app.add_option("RUNS", arguments->runs, "folders of trained runs; all their pictures show the same examples")
      ->type_name("")
      ->required();
  app.add_option("--out", arguments->out, "new folder for the pictures")->type_name("DIR")->required();
  add_names(app, "--only", arguments->only, "names of figures, separated by commas (all); see `refract list figures`");
  add_seed(app, arguments->seed, "seed that chooses the examples and codes (1)");
  app.add_flag("--overwrite", arguments->overwrite, "write into an existing folder");
  add_colour_flag(app, arguments->places);
  add_place_flags(app, arguments->places);
  return [arguments](const Invocation&) { return draw(*arguments); };
}

}  // namespace

Command figures_command() {
  return {"figures",
          "Draw the figures of several runs side by side.",
          "Each figure has one part for every run, with the same examples in all parts. A single run gives its own "
          "figures.",
          {"bin/refract figures runs/demo --out figures --overwrite"},
          declare_figures};
}

}  // namespace refract
