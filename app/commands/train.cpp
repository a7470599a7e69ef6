#include <fmt/format.h>

#include <CLI/App.hpp>
#include <memory>

#include "app/cli/option_flags.h"
#include "app/cli/start_text.h"
#include "app/cli/terminal.h"
#include "app/cli/work_progress.h"
#include "app/commands/commands.h"
#include "app/commands/training.h"
#include "refract/core/errors.h"

namespace refract {
namespace {

struct TrainArguments {
  std::string method, data, config, out;
  KeyValues given;  // flags and --set, in order
  Ending ending;
};

const std::string* value_of(const KeyValues& pairs, std::string_view key) {
  for (const auto& [name, value] : pairs)
    if (name == key) return &value;
  return nullptr;
}

// What the user named, else what the configuration file names, else "".
std::string chosen(const std::string& named, const KeyValues& config, std::string_view key) {
  if (!named.empty()) return named;
  const std::string* value = value_of(config, key);
  return value == nullptr ? "" : *value;
}

std::string chosen_data(const TrainArguments& arguments, const KeyValues& config) {
  const std::string data = chosen(arguments.data, config, "data");
  if (!data.empty()) return data;
  for (const DataEntry& entry : data_sets())
    for (const std::string& option : entry.named_by)
      if (value_of(arguments.given, option) != nullptr) return entry.name;
  return "";
}

// What chose the data set, as the user gave it.
std::string chosen_by(const TrainArguments& arguments, const KeyValues& config, const DataEntry& entry) {
  if (!arguments.data.empty()) return fmt::format("--data {}", arguments.data);
  if (const std::string* value = value_of(config, "data")) return fmt::format("data = \"{}\" in --config", *value);
  for (const std::string& option : entry.named_by)
    if (value_of(arguments.given, option) != nullptr) return fmt::format("--{}", option);
  return "";
}

// Options of two data sets that choose these contradict each other.
void check_one_data_set(const TrainArguments& arguments, const KeyValues& config, const std::string& data) {
  const DataEntry& taken = data_set(data);
  const Options options = taken.recipe().options;
  for (const DataEntry& other : data_sets())
    for (const std::string& option : other.named_by)
      if (value_of(arguments.given, option) != nullptr && !options.has(option))
        throw BadInput(fmt::format(
            "Training: {} chooses the data set {}, and --{} chooses the data set {}. Give only one of them.",
            chosen_by(arguments, config, taken), taken.name, option, other.name));
}

// So that the run is understood from any folder.
void make_absolute(Settings& settings) {
  for (const std::string& option : data_set(settings.data).named_by) {
    const std::string given = settings.options.at(option).text();
    if (!given.empty()) settings.options.set(option, std::filesystem::absolute(given).lexically_normal().string());
  }
}

std::unique_ptr<Settings> settings_of(const TrainArguments& arguments) {
  const KeyValues config = arguments.config.empty() ? KeyValues{} : read_toml(arguments.config);
  const std::string method = chosen(arguments.method, config, "method");
  const std::string data = chosen_data(arguments, config);
  if (method.empty())
    throw BadInput("Training: expected a method, as in `refract train srbvae ...`. `refract list methods` shows all.");
  if (data.empty())
    throw BadInput(
        "Training: expected data, as in `--data digit-style`, `--reference DIR --unlabelled DIR` or `--table FILE`. "
        "`refract list data` shows all data sets.");
  check_one_data_set(arguments, config, data);
  auto settings = std::make_unique<Settings>(method, data);
  settings->set(config);
  settings->set(arguments.given);
  make_absolute(*settings);
  return settings;
}

Result train_new(const TrainArguments& arguments, const Invocation& invocation) {
  arguments.ending.check();
  auto settings = settings_of(arguments);
  if (arguments.out.empty())
    throw BadInput("Training: expected a folder for the run, as in `--out runs/first`; it must not exist yet.");
  OpenedRun opened = start_run(
      arguments.out, std::move(settings), invocation.command_line,
      [&](const DataSource& data, const Model& model) { arguments.ending.check(&data, &model); }, shown_progress());
  say_lines(start_text(opened, error_width()));
  return train_to_the_end(opened, arguments.ending, invocation);
}

// The options that exist for what the user has named so far.
std::string tables(const TrainArguments& arguments) {
  std::string text = fmt::format("Options of every training:\n{}", options_table(TrainOptions{}.describe()));
  const std::string data = chosen_data(arguments, {});
  text += arguments.method.empty() ? "\n`refract train METHOD --help` shows the options of a method.\n"
                                   : fmt::format("\nOptions of {}:\n{}", arguments.method,
                                                 options_table(method(arguments.method).recipe().options));
  text += data.empty() ? "\n`refract train --data NAME --help` shows the options of a data set.\n"
                       : fmt::format("\nOptions of {}:\n{}", data, options_table(data_set(data).recipe().options));
  return text +
         "\nGive each one as a flag (--learning_rate 1e-4, --learning-rate=1e-4), as a --set pair or as a line of "
         "--config.\n";
}

std::vector<Options> all_options() {
  std::vector<Options> all = {TrainOptions{}.describe()};
  for (const MethodEntry& entry : methods()) all.push_back(entry.recipe().options);
  for (const DataEntry& entry : data_sets()) all.push_back(entry.recipe().options);
  return all;
}

Action declare_train(CLI::App& app) {
  const auto arguments = std::make_shared<TrainArguments>();
  app.add_option("METHOD", arguments->method, "method to train; see `refract list methods`")->type_name("");
  app.add_option("--data", arguments->data, "data set; see `refract list data`")->type_name("NAME");
  app.add_option("--out", arguments->out, "new folder for the run")->type_name("RUN");
  app.add_option("--config", arguments->config,
                 "TOML file with method, data and options, such as options.toml of a run; flags override it")
      ->type_name("FILE");
  arguments->ending.declare(app);
  add_option_flags(app, all_options(), arguments->given);
  app.footer([arguments] { return tables(*arguments); });
  return [arguments](const Invocation& invocation) { return train_new(*arguments, invocation); };
}

}  // namespace

Command train_command() {
  return {"train",
          "Train a method on a data set, then evaluate it and write a report.",
          "For your own images, give --reference DIR and --unlabelled DIR instead of --data NAME. In the reference\n"
          "images, the factors of interest are absent or constant. In the unlabelled images, they vary. Sub-folders\n"
          "of the unlabelled folder are classes: a fifth of each is held out to measure how well the codes tell the\n"
          "classes apart.\n"
          "For your own table, give --table FILE and --reference-where 'condition=control'.\n"
          "Ctrl-C finishes the step, writes a checkpoint and shows how to resume. A second Ctrl-C stops at once.",
          {"bin/refract train srbvae --data embedded-digits --size 32 --steps 300 --out runs/first",
           "bin/refract train --config runs/demo/options.toml --seed 2 --steps 300 --out runs/again"},
          declare_train};
}

}  // namespace refract
