#include <fmt/format.h>

#include <CLI/App.hpp>
#include <memory>

#include "app/cli/option_flags.h"
#include "app/cli/output_file.h"
#include "app/cli/terminal.h"
#include "app/cli/work_progress.h"
#include "app/commands/commands.h"
#include "app/commands/picture_command.h"
#include "refract/core/errors.h"
#include "refract/core/files.h"
#include "refract/core/text.h"
#include "refract/data/found.h"
#include "refract/data/registry.h"
#include "refract/figures/sheets.h"
#include "refract/report/examples.h"

namespace refract {
namespace {

struct DataRenderArguments {
  std::string name, separate, split = "score";
  int64_t count = 8;
  uint64_t seed = 1;
  OutputFile out;
  KeyValues given;
};

Split split_named(const std::string& name) {
  std::vector<std::string> names;
  for (const Split split : {Split::unlabelled, Split::reference, Split::fit, Split::score}) {
    if (name_of(split) == name) return split;
    names.emplace_back(name_of(split));
  }
  refuse_name("split", name, names);
}

Result separate_files(const DataRenderArguments& arguments, const DataSource& data) {
  if (std::filesystem::exists(arguments.separate) && !arguments.out.overwrite)
    throw BadInput(
        fmt::format("Rendering: {} exists already. Add --overwrite, or name another folder.", arguments.separate));
  const Split split = split_named(arguments.split);
  const std::filesystem::path target = without_slash(arguments.separate);
  if (std::filesystem::exists(target) && !std::filesystem::is_directory(target))
    throw BadInput(fmt::format("Rendering: expected a folder, found the file {}.", target.string()));
  Json files = Json::array();
  const auto write_to = [&](const std::filesystem::path& folder) {
    for (const auto& file : write_examples(data, split, arguments.count, folder, shown_progress()))
      files.push_back((target / file.filename()).string());
  };
  if (std::filesystem::exists(target)) {
    write_to(target);
  } else {
    NewFolder folder(target);
    write_to(folder.path());
    folder.publish();
  }
  const auto found = std::distance(std::filesystem::directory_iterator(target), {});
  const auto others = found - std::ssize(files);
  const std::string left = others > 0 ? fmt::format(" What else is there ({}) was left alone.", others) : "";
  return {
      fmt::format("Wrote {} images of split {} into {}.{}\n", files.size(), arguments.split, arguments.separate, left),
      {{"folder", arguments.separate}, {"files", files}, {"others", others}}};
}

Result run_data_render(const DataRenderArguments& arguments) {
  DataRecipe recipe = data_set(arguments.name).recipe();
  for (const auto& [key, value] : arguments.given) recipe.options.set(key, value);
  const std::filesystem::path file =
      arguments.separate.empty() ? arguments.out.resolve(arguments.name + "-sheet") : std::filesystem::path();
  const std::unique_ptr<DataSource> data = recipe.make(shown_progress());
  say(found_text(*data));
  if (!data->info().note.empty()) say(data->info().note);
  if (!data->info().space.is_picture())
    throw BadInput(
        fmt::format("Rendering {}: expected a data set of images, found {}. `refract figures RUN` draws what "
                    "a run has learned from a table.",
                    arguments.name, text_of(data->info().space)));
  if (!arguments.separate.empty()) return separate_files(arguments, *data);
  return written(data_sheet(*data, arguments.seed), file);
}

std::vector<Options> data_options() {
  std::vector<Options> all;
  for (const DataEntry& entry : data_sets()) all.push_back(entry.recipe().options);
  return all;
}

std::string render_options(const std::string& name) {
  if (name.empty())
    return "`refract data render NAME --help` shows the options of a data set. Give each one as a flag.\n";
  return fmt::format("Options of {}:\n{}", name, options_table(data_set(name).recipe().options));
}

Action declare_data_render(CLI::App& app) {
  const auto arguments = std::make_shared<DataRenderArguments>();
  app.add_option("NAME", arguments->name, "data set; see `refract list data`")->type_name("")->required();
  arguments->out.declare(app, {".png"});
  add_seed(app, arguments->seed, "seed that chooses the images of the sheet (1)", "--sheet-seed");
  app.add_option("--separate", arguments->separate, "write separate image files into this folder instead")
      ->type_name("DIR");
  app.add_option("--count", arguments->count, "with --separate: number of images (8)")
      ->type_name("COUNT")
      ->check(CLI::Range(1, 1000000));
  app.add_option("--split", arguments->split, "with --separate: unlabelled, reference, fit or score (score)")
      ->type_name("NAME");
  add_option_flags(app, data_options(), arguments->given);
  app.footer([arguments] { return render_options(arguments->name); });
  return [arguments](const Invocation&) { return run_data_render(*arguments); };
}

}  // namespace

Command data_render_command() {
  return {"data render",
          "Show the images of a data set, on one sheet or as separate files.",
          "",
          {"bin/refract data render embedded-digits --out sheet.png --overwrite",
           "bin/refract data render digit-style --size 32 --split score --count 4 --separate digits --overwrite"},
          declare_data_render};
}

}  // namespace refract
